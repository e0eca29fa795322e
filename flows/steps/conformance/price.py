"""Articles 3.3 and 3.4: clauses, technical inputs, price, final review, confidentiality, submission."""

from flows.steps.conformance.evidence import Evidence, Passing
from flows.steps.conformance.requirement import Found, broken, not_applicable, requirement, satisfied, still_open
from flows.steps.procedure import GATES
from flows.steps.refused_upload import REFUSED, RefusedUpload, standing
from flows.steps.rendition import RENDITION_GATE
from flows.steps.rounds import RANGE_GATE
from flows.steps.signatures import in_time


def _in_order(evidence: Evidence, gate: str, lot: str, before: list[int], missing: str, late: str) -> Found:
    """Judge that a gate was passed before the first of some events."""
    passed = evidence.passings(GATES[gate], lot)
    if before and not any(p.seq < before[0] for p in passed):
        return broken(late, [before[0]])
    return satisfied(passed[-1].words) if passed else still_open(missing)


@requirement("3.3", "the technical department delivered what was asked of it")
def _inputs(evidence: Evidence, lot: str) -> Found:
    delivered = evidence.objects(f"input/{lot}/*")
    if ("inputs", lot) not in evidence.facts.done:
        return still_open("technical inputs are missing", delivered)
    return satisfied(delivered) if delivered else not_applicable("the tender asks for none")


@requirement("3.3", "the clauses were settled before the first draft")
def _clauses(evidence: Evidence, lot: str) -> Found:
    drafts = evidence.objects(f"draft/{lot}/*")
    return _in_order(evidence, "clauses", lot, drafts, "the clauses are not settled", "drafts before the clauses")


@requirement("3.3", "the price was decided after cost side and clauses")
def _after_cost(evidence: Evidence, lot: str) -> Found:
    prices = evidence.passings(GATES["price"], lot)
    if not prices:
        return still_open("no price is decided")
    cost, clauses = evidence.objects(f"cost/{lot}"), evidence.passings(GATES["clauses"], lot)
    first = prices[0]
    if not cost or cost[0] > first.seq:
        return broken("the price was decided before the cost side came in", first.words)
    if not clauses or clauses[0].seq > first.seq:
        return broken("the price was decided before the clauses", first.words)
    return satisfied([cost[0], clauses[0].seq, *first.words])


@requirement("3.3", "the pricing group's decision with quorum is the only source of the price")
def _only_source(evidence: Evidence, lot: str) -> Found:
    prices, made = evidence.passings(GATES["price"], lot), evidence.steps("price-volume", lot)
    for step in made:
        if not any(p.seq < step.seq and p.subjects <= set(step.body["inputs"]) for p in prices):
            return broken("a price volume without the pricing group's decision", [step.seq])
    if not prices:
        return still_open("the pricing group has not decided")
    return satisfied([*prices[-1].words, *(step.seq for step in made)])


@requirement("3.3", "a price said in a round lies under a range that the pricing group signed before it")
def _rounds(evidence: Evidence, lot: str) -> Found:
    said = [e for e in evidence.find("price.round") if e.lot == lot]
    if not said:
        return not_applicable("no further round of price")
    ranges = evidence.passings(RANGE_GATE, lot)
    for each in said:
        if not any(p.seq < each.seq and p.subjects == {each.body["range"]} for p in ranges):
            return broken("a price of a round without the range that the group signed", [each.seq])
    return satisfied([*(seq for p in ranges for seq in p.words), *(e.seq for e in said)])


def _review(evidence: Evidence, lot: str) -> Passing | None:
    """Return the final review over exactly the newest documents and reports, if there is one."""
    newest = {**evidence.newest(f"draft/{lot}/*"), **evidence.newest(f"checks/{lot}/*")}
    reviews = [p for p in evidence.passings(GATES["final-review"], lot) if p.subjects == set(newest)]
    return reviews[-1] if reviews and newest else None


@requirement("3.3", "the final review came last, over exactly the final documents")
def _final_review(evidence: Evidence, lot: str) -> Found:
    review, reviews = _review(evidence, lot), evidence.passings(GATES["final-review"], lot)
    submitted = evidence.passings(GATES["submission"], lot)
    if submitted and not any(p.seq < submitted[0].seq for p in reviews):
        return broken("submitted without a final review", submitted[0].words)
    if submitted and review is None:
        changed = max([*evidence.newest(f"draft/{lot}/*").values(), *evidence.newest(f"checks/{lot}/*").values()])
        return broken("documents changed after the final review", [changed])
    if review is None:
        return still_open("a later change voided the final review" if reviews else "no final review")
    prices = evidence.passings(GATES["price"], lot)
    if not any(p.seq < review.seq for p in prices):
        return broken("the final review came before the price", review.words)
    return satisfied(review.words)


@requirement("3.4", "the technical side cannot open a price", per_lot=False)
def _price_closed(evidence: Evidence, lot: str) -> Found:
    del lot
    rings = [e for e in evidence.find("compartment.created", "keyring.changed") if e.body["compartment"] == "price"]
    pricing = {f"person:{person}" for person in evidence.facts.people.get("pricing", ())}
    seen = [e.seq for e in rings if set(e.body["holders"]) & set(evidence.technical) - pricing]
    if seen:
        return broken("a technical person stood in the keyring of the price", seen)
    return satisfied([e.seq for e in rings]) if rings else still_open("no price compartment yet")


@requirement("3.4", "reads are on record", per_lot=False)
def _reads(evidence: Evidence, lot: str) -> Found:
    del lot
    return satisfied([e.seq for e in evidence.find("object.read", "object.refused")])


@requirement("3.4", "the final package was packed from exactly the reviewed documents")
def _package(evidence: Evidence, lot: str) -> Found:
    packed, reviews = evidence.steps("package", lot), evidence.passings(GATES["final-review"], lot)
    if not packed:
        return still_open("no final package")
    for step in packed:
        if not any(p.seq < step.seq and p.subjects <= set(step.body["inputs"]) for p in reviews):
            return broken("a package of documents that nobody reviewed", [step.seq])
    return satisfied([step.seq for step in packed])


@requirement("3.3", "each sealed rendition is bound page for page to the package that was reviewed")
def _renditions(evidence: Evidence, lot: str) -> Found:
    renditions = evidence.newest(f"rendition/{lot}/*")
    if not renditions:
        return not_applicable("no sealed rendition")
    now = {*renditions, *evidence.newest(f"package/{lot}")}
    bound = [p for p in evidence.passings(RENDITION_GATE, lot) if p.subjects == now]
    if bound:
        return satisfied([*renditions.values(), *bound[-1].words])
    if evidence.passings(GATES["submission"], lot):
        return broken("submitted with a sealed rendition that nobody bound to the package", renditions.values())
    return still_open("a sealed rendition is not bound to the package as it is now", renditions.values())


@requirement("3.4", "what the platform refused is on record, with what was done about it")
def _refused_uploads(evidence: Evidence, lot: str) -> Found:
    told = [e for e in evidence.find(REFUSED) if e.lot == lot]
    left = [each for each in standing(RefusedUpload.of(e.body) for e in told) if not each.done]
    if not told:
        return not_applicable("the platform refused nothing")
    events = [e.seq for e in told]
    return still_open("nobody says what was done about a refused upload", events) if left else satisfied(events)


@requirement("3.4", "the bid was submitted after the review and before the deadline")
def _submitted(evidence: Evidence, lot: str) -> Found:
    gate, submitted = GATES["submission"], evidence.passings(GATES["submission"], lot)
    late = [
        word.seq for word in evidence.decisions("submission", lot) if not in_time(gate, evidence.facts, word.signed)
    ]
    if late and not submitted:
        return broken("submitted after the deadline", late)
    if not submitted:
        return still_open("not submitted")
    last = submitted[-1]
    handed = [e.seq for e in evidence.find("submission.recorded", lot=lot) if {e.body["package"]} == last.subjects]
    if not handed:
        return still_open("signed, but how it was handed over is not recorded", last.words)
    return satisfied([*last.words, *handed])

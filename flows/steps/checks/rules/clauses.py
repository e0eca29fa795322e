"""Clauses: ★ answered and met, ▲ negatives counted, the deviation table against the matrix (R21, R22, R23)."""

from collections.abc import Iterator

from flows.steps.checks.bid import BidUnderCheck
from flows.steps.checks.reading.responses import Response, deviation_kind
from flows.steps.checks.registry import Rule, rule
from flows.steps.checks.verdict import Finding
from flows.steps.checks.words import Words
from flows.steps.clauses import derived_deviation
from flows.steps.tender import Clause

_SUBSTANCE = "招标投标法实施条例 art. 51 (6)"


def _rows(bid: BidUnderCheck, kind: str) -> list[Response]:
    return [row for table in bid.responses if table.kind == kind for row in table.rows]


def _is_negative(clause: Clause) -> bool:
    return "negative" in (derived_deviation(clause), clause.deviation)


@rule("R21", "a ★ clause unanswered or negative", _SUBSTANCE, "answer the clause so that it is met, or do not bid")
def substantial(bid: BidUnderCheck, rule: Rule) -> Iterator[Finding]:
    """Every ★ clause is answered in record and document, and value, direction and unit meet it."""
    lot = bid.this_lot
    rows = {row.clause: row for row in _rows(bid, "response")}
    stars = [clause for clause in lot.clauses if clause.mark == "★"] if lot is not None else []
    for row in rows.values():
        if row.mark == "★":
            yield from _stated(row, rule)
    starred = {clause.clause for clause in stars}
    for row in _rows(bid, "deviations"):
        if (row.mark == "★" or row.clause in starred) and deviation_kind(row.deviation) == "negative":
            yield _negative_row(row, rule)
    for clause in stars:
        place = Words("clause {clause}", clause=clause.clause)
        if not (clause.response or clause.offered):
            yield rule.fail(Words("no answer"), clause.requirement, Words("clause matrix"), place)
        elif _is_negative(clause):
            yield rule.fail(clause.offered or clause.response, f"{clause.relation} {clause.value} {clause.unit}",
                            Words("clause matrix"), place)  # fmt: skip
        elif not derived_deviation(clause):
            yield rule.human(clause.response or clause.offered, clause.requirement, Words("clause matrix"), place)
        if rows and clause.clause not in rows:
            yield rule.fail(
                Words("clause not in the response table"), clause.requirement, Words("response table"), place
            )
        elif clause.clause in rows and rows[clause.clause].mark != "★":
            yield from _stated(rows[clause.clause], rule)
    if lot is None and not rows:
        yield rule.human(Words("no record, no response table"), Words("tender.yaml: lots.clauses"))
    elif not stars and not any(row.mark == "★" for row in rows.values()):
        yield rule.not_applicable(Words("no ★ clause"))
    elif stars and not rows:
        yield rule.human(Words("no response table found"), Words("the answers to ★ clauses in the documents"))
    else:
        yield rule.passed(
            Words("{count} ★ clauses", count=len(stars) or sum(r.mark == "★" for r in rows.values())),
            Words("answered and met"),
        )


def _stated(row: Response, rule: Rule) -> Iterator[Finding]:
    if not row.response.strip():
        yield rule.fail(Words("{clause}: no answer", clause=row.clause), row.requirement, row.document, row.place)
    elif deviation_kind(row.deviation) == "negative" or deviation_kind(row.response) == "negative":
        yield _negative_row(row, rule)


def _negative_row(row: Response, rule: Rule) -> Finding:
    return rule.fail(
        f"{row.clause}: {row.deviation or row.response}", Words("no negative deviation"), row.document, row.place
    )


@rule("R22", "too many ▲ negatives", _SUBSTANCE, "meet more of the ▲ clauses, or do not bid")
def important(bid: BidUnderCheck, rule: Rule) -> Iterator[Finding]:
    """The ▲ clauses that deviate negatively, in the matrix or as printed, are within the tender's limit."""
    lot = bid.this_lot
    limit = bid.record.limits.important_negatives if bid.record is not None else None
    rows = {row.clause: row for row in _rows(bid, "response")}
    clauses = {clause.clause: clause for clause in lot.clauses if clause.mark == "▲"} if lot is not None else {}
    marked = dict.fromkeys([*clauses, *(number for number, row in rows.items() if row.mark == "▲")])
    if not marked:
        yield (
            rule.not_applicable(Words("no ▲ clause"))
            if lot is not None or rows
            else rule.human(Words("no record, no response table"), Words("tender.yaml: lots.clauses"))
        )
        return
    negative = [number for number in marked if _negative(clauses.get(number), rows.get(number))]
    if limit is None:
        yield rule.human(
            Words("{count} negative ▲ clauses: {names}", count=len(negative), names=", ".join(negative)),
            Words("limits.important_negatives"),
        )
    elif len(negative) > limit:
        yield rule.fail(f"{len(negative)}: {', '.join(negative)}", Words("at most {limit}", limit=limit))
    else:
        yield rule.passed(
            Words("{count} of {all} ▲ clauses negative", count=len(negative), all=len(marked)),
            Words("at most {limit}", limit=limit),
        )


def _negative(clause: Clause | None, row: Response | None) -> bool:
    stated = row is not None and "negative" in (deviation_kind(row.deviation), deviation_kind(row.response))
    return stated or (clause is not None and (_is_negative(clause) or not (clause.response or clause.offered)))


@rule("R23", "deviation table differs from the matrix", _SUBSTANCE, "make the deviation table again from the matrix")
def deviations(bid: BidUnderCheck, rule: Rule) -> Iterator[Finding]:
    """Negative deviations of the matrix are all in the table, and the table holds no others than the matrix."""
    lot = bid.this_lot
    tables = [table for table in bid.responses if table.kind == "deviations"]
    if lot is None or not lot.clauses:
        yield rule.human(Words("no clause matrix"), Words("tender.yaml: lots.clauses"))
        return
    for clause in lot.clauses:
        derived = derived_deviation(clause)
        if derived == "negative" and clause.deviation in ("none", "positive"):
            yield rule.fail(
                Words("{clause} stated {deviation}", clause=clause.clause, deviation=Words(clause.deviation)),
                Words("negative by its numbers"),
                Words("clause matrix"),
                Words("clause {clause}", clause=clause.clause),
            )
    yield from _response_table(bid, {clause.clause: clause for clause in lot.clauses}, rule)
    if not tables and bid.read and not bid.has_part("deviations"):
        yield rule.human(Words("no deviation table found"), Words("the deviation table"))
        return
    listed = {row.clause: row for table in tables for row in table.rows}
    known = {clause.clause: clause for clause in lot.clauses}
    deviating = {number for number, clause in known.items() if clause.deviation in ("positive", "negative")}
    for number, clause in known.items():
        if _is_negative(clause) and number not in listed:
            yield rule.fail(
                Words("{number} not listed", number=number),
                Words("every negative deviation"),
                _name(bid),
                Words("deviation table"),
            )
    for number, row in listed.items():
        stated = deviation_kind(row.deviation)
        if number in known and number not in deviating and stated != "none":
            yield rule.fail(f"{number}: {row.deviation}", Words("no deviation in the matrix"), row.document, row.place)
        elif number in known and stated in ("positive", "negative") and stated != known[number].deviation:
            yield rule.fail(f"{number}: {row.deviation}", Words(known[number].deviation), row.document, row.place)
        elif number not in known:
            yield rule.fail(
                Words("{number}: not a clause of the matrix", number=number),
                Words("clauses of the tender"),
                row.document,
                row.place,
            )
    yield from _empty(bid, listed, deviating, rule)
    yield rule.passed(
        Words("{count} deviations listed", count=len(listed)), Words("{count} in the matrix", count=len(deviating))
    )


def _empty(bid: BidUnderCheck, listed: dict[str, Response], deviating: set[str], rule: Rule) -> Iterator[Finding]:
    """An empty table means full compliance in some tenders only."""
    if not listed and not deviating and bid.record is not None:
        said = any(
            word in bid.text_of_part("deviations") for word in ("无偏差", "无偏离", "无", "no deviation", "None")
        )
        if bid.record.limits.empty_deviation_table == "missing" and not said:
            yield rule.fail(Words("an empty table"), Words("无偏差 written out"), _name(bid), Words("deviation table"))


def _response_table(bid: BidUnderCheck, known: dict[str, Clause], rule: Rule) -> Iterator[Finding]:
    """The deviation printed beside each answer is the matrix's."""
    for row in _rows(bid, "response"):
        stated = deviation_kind(row.deviation)
        if row.clause in known and stated and known[row.clause].deviation and stated != known[row.clause].deviation:
            yield rule.fail(
                f"{row.clause}: {row.deviation}", Words(known[row.clause].deviation), row.document, row.place
            )


def _name(bid: BidUnderCheck) -> str:
    return next((d.name for d in bid.read if any(b.part == "deviations" for b in d.blocks)), "")

"""What a submission needs, worked out from the raw statements in a ledger and not by the gates."""

from flows.case import Case
from storage.canonical import canonical, digest

LOT = "1"
DEPUTY = "chen.yu"
STOOD_IN_FOR = {"zhao.min": "handler", "qian.wei": "leader", "sun.li": "pricing", "wu.fang": "pricing"}
"""Whom the deputy may sign for, and as what; in the register by `office_at`."""


def lacking(case: Case) -> list[str]:
    """Return what the newest submission lacks, from the raw statements signed before it."""
    events = case.ledger.events()
    said = [(e.seq, e.body["statement"]) for e in events if e.type == "decision.signed"]
    last = max(seq for seq, statement in said if statement["predicate"]["decision"] == "submission")
    people = {role: set(ids) for role, ids in case.opened["people"].items()}
    stale = {digest for e in events if e.type == "addendum.taken" and e.seq < last for digest in e.body["stale"]}

    def signed(decision: str, verdict: str, role: str) -> list[tuple[str, str, set[str], str]]:
        """Return principal, person, subjects and reason of what was signed in a right that the tender gives."""
        found = []
        for seq, statement in said:
            predicate = statement["predicate"]
            principal = predicate["on_behalf_of"] or predicate["person"]
            right = principal == predicate["person"] or (predicate["person"], STOOD_IN_FOR.get(principal)) == (
                DEPUTY,
                role,
            )
            fits = (predicate["decision"], predicate["verdict"], predicate["role"]) == (decision, verdict, role)
            if seq < last and fits and right and principal in people[role]:
                subjects = {subject["digest"]["sha256"] for subject in statement["subject"]}
                found.append((principal, predicate["person"], subjects, predicate["reason"]))
        return found

    def over(decision: str, verdict: str, role: str, *patterns: str) -> set[str]:
        """Return which people themselves signed over exactly what stood there then, and was not stale."""
        now = standing(*patterns)
        return {who for _, who, subjects, _ in signed(decision, verdict, role) if subjects == now and not now & stale}

    def standing(*patterns: str) -> set[str]:
        names: dict[str, str] = {}
        for event in events:
            if event.type == "object.sealed" and event.seq < last:
                manifest = event.body["manifest"]
                if manifest["name"].startswith(patterns):
                    names[manifest["name"]] = digest(canonical(manifest))
        return set(names.values())

    missing = []
    both = [over("notice", "sign", role, "notice/-/bid") for role in ("handler", "leader")]
    missing += [f"notice: {role}" for role, who in zip(("handler", "leader"), both, strict=True) if not who]
    missing += [] if len(set().union(*both)) >= 2 else ["notice: four eyes"]
    missing += [] if over("screening", "bid", "leader", f"screening/{LOT}") else ["screening"]
    missing += [] if over("clauses", "approve", "handler", f"clauses/{LOT}", f"input/{LOT}/") else ["clauses"]
    missing += [] if len(over("price", "approve", "pricing", f"offer/{LOT}")) >= 2 else ["price"]
    reviewed = over("final-review", "approve", "reviewer", f"draft/{LOT}/", f"checks/{LOT}/")
    fails = [e.body["fails"] for e in events if e.type == "checks.done" and e.seq < last]
    reports = standing(f"checks/{LOT}/")
    waived = {
        reason.split(":")[0]
        for _, _, subjects, reason in signed("waiver", "approve", "reviewer")
        if subjects <= reports
    }
    missing += [f"waiver: {rule}" for rule in (fails[-1] if fails else ()) if rule not in waived]
    return missing + ([] if reviewed else ["final-review"])

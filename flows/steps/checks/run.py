"""Runs rejection rules over a bid; one broken rule costs its own verdict, never the report."""

from collections.abc import Iterable

from flows.errors import TenderError
from flows.steps.checks.bid import BidUnderCheck
from flows.steps.checks.registry import Rule, registered
from flows.steps.checks.verdict import CheckReport, Finding, Verdict
from flows.steps.checks.words import Words
from templates import own_set

BROKEN = "the rule itself"
READABLE = Words("a document that can be read")
RESOLVED = Words("the library opened: tender check --as PERSON")
LEANS_ON = {
    "qualifications": ("R26", "R27", "R39"),
    "track_record": ("R05", "R26"),
    "authorisations": ("R05", "R28"),
    "signer": ("R03", "R04", "R36", "R39"),
}
"""Groups of entries of a record that a company library may fill → the rules that read them."""


class UnknownRule(TenderError):
    """A rule id that is none of R01 to R40."""


def run(bid: BidUnderCheck, only: Iterable[str] | None = None) -> CheckReport:
    """Judge a bid by the rejection rules.

    Args:
        bid: The bid of one lot.
        only: Rule ids; all rules when None.

    Returns:
        The report, by rule id; every rule that was run has at least one finding. A rule that the company's
        template set does not name is N/A.

    Raises:
        UnknownRule: `only` names a rule that does not exist.
    """
    known = registered()
    wanted = list(known) if only is None else list(dict.fromkeys(only))
    for rule_id in wanted:
        if rule_id not in known:
            raise UnknownRule("rule: found {found}, expected R01 to R40; next: tender check --help", found=rule_id)
    return CheckReport(tuple(finding for rule_id in wanted for finding in _judged(bid, known[rule_id])))


def _from_library(bid: BidUnderCheck, rule: Rule) -> list[str]:
    """Return the library items not at hand that a rule would have to know."""
    wanted = [group for group, rules in LEANS_ON.items() if rule.id in rules]
    return list(dict.fromkeys(item for group in wanted for item in bid.unresolved.get(group, ())))


def _is_own(bid: BidUnderCheck) -> bool:
    """A set that lies in the tender's folder cannot silence a rule: that takes a signed waiver."""
    return bid.record is not None and bid.record.set.startswith(own_set.OWN)


def _judged(bid: BidUnderCheck, rule: Rule) -> list[Finding]:
    plan = bid.template_set
    if plan is not None and rule.id not in plan.rules and not _is_own(bid):
        return [rule.not_applicable(Words("no rule of the template set {name}", name=plan.name))]
    absent = _from_library(bid, rule)
    if absent:
        return [rule.human(Words("taken from the library: {items}", items=", ".join(absent)), RESOLVED)]
    try:
        findings = list(rule.judge(bid, rule))
    except Exception as error:  # noqa: BLE001 - on deadline night 39 verdicts are better than none; a person takes this one
        return [
            rule.human(
                Words("broken: {error}", error=type(error).__name__), Words("a person to judge this rule"), place=BROKEN
            )
        ]
    unread = [rule.human(document.fault, READABLE, document.name, "file") for document in bid.faults]
    if unread and all(finding.verdict in (Verdict.PASS, Verdict.NOT_APPLICABLE) for finding in findings):
        # What cannot be read may hold the defect.
        return unread
    return findings or [rule.human(Words("nothing to judge by"), Words("a document or record with the value"))]

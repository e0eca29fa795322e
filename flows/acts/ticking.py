"""The checklist of what only a person can judge in a bid: shown, ticked by the reviewer, asked for before approval."""

from flows.case import Case
from flows.errors import TenderError
from flows.steps import checklist, checks
from flows.steps.checklist import CHECKLIST
from flows.steps.procedure import GATES, Gate, subjects

REPORT = "checks/{lot}/report.json"
TICKS = Gate(CHECKLIST, CHECKLIST, "3.3", ("reviewer",), ("sign",), ("checks/{lot}/*",), not_also=("handler",))


class NotTicked(TenderError):
    """Ticks of nothing or of other rules than the report leaves to a person, or an approval without them."""


def require_ticked(case: Case, gate: Gate, lot: str, verdict: str, checked: tuple[str, ...]) -> None:
    """Refuse a checklist without ticks or with ticks of other rules, and a bid's approval before every tick is signed.

    Raises:
        NotTicked: with the rules that are meant.
    """
    if gate.stage == CHECKLIST:
        _require_listed(case, lot, checked)
    elif gate.stage == "final-review" and verdict in gate.passing:
        _require_complete(case, lot)


def _require_listed(case: Case, lot: str, checked: tuple[str, ...]) -> None:
    listed = case.facts().human_rules.get(lot, frozenset())
    if not checked or not set(checked) <= listed:
        raise NotTicked(
            "Checklist of {tender}, lot {lot}: ticked {found}, expected rules of {expected}; "
            "next: tender show {tender} checklist, then tender sign {tender} checklist --checked …",
            tender=case.tender,
            lot=lot,
            found=", ".join(checked) or "-",
            expected=", ".join(sorted(listed)) or "-",
        )


def _require_complete(case: Case, lot: str) -> None:
    facts = case.facts()
    rules = sorted(checklist.open_rules(lot, facts, subjects(GATES["final-review"], lot, facts.manifests)))
    if rules:
        raise NotTicked(
            "Final review of {tender}, lot {lot}: {rules} not looked at by a person yet (SJE/ZY/GK-02 art. 3.3); "
            "next: tender show {tender} checklist, then tender sign {tender} checklist --checked {ticks}",
            tender=case.tender,
            lot=lot,
            rules=", ".join(rules),
            ticks=",".join(rules),
        )


def to_tick(case: Case, lot: str) -> list[checks.Finding]:
    """Open the report and return the findings of every rule that is still to be ticked."""
    facts = case.facts()
    rules = checklist.open_rules(lot, facts, subjects(TICKS, lot, facts.manifests))
    if not rules:
        return []
    report = checks.CheckReport.from_json(case.read(REPORT.format(lot=lot), purpose=CHECKLIST))
    return [f for f in report.findings if f.rule in rules and f.verdict is checks.Verdict.HUMAN]

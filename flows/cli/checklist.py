"""The checklist at the terminal: what only a person can judge is printed, or asked one by one."""

from typing import TYPE_CHECKING

import typer

from flows.cli.common import print_table
from flows.i18n import _

if TYPE_CHECKING:
    from flows.case import Case


def print_open(case: "Case", lot: str) -> None:
    """Print what is still to be looked at."""
    from flows.acts import ticking
    from flows.steps.checks.report import to_look_at

    shown = [to_look_at(finding, _) for finding in ticking.to_tick(case, lot)]
    print_table("", [_("rule"), _("defect"), _("document"), _("place"), _("to look at")], shown)


def ask(case: "Case", lot: str) -> tuple[str, ...]:
    """Ask for every rule whether the person has looked at all of it; return the rules that were ticked."""
    from flows.acts import ticking
    from flows.steps.checks.report import to_look_at

    of_rule: dict[str, list[str]] = {}
    for finding in ticking.to_tick(case, lot):
        rule, defect, document, place, what = to_look_at(finding, _)
        where = ", ".join(text for text in (document, place) if text)
        of_rule.setdefault(f"{rule} {defect}", []).append(f"{where or '–'}: {what}")
    return tuple(
        title[:3]
        for title, lines in of_rule.items()
        if typer.confirm("\n".join((title, *(f"  ☐ {line}" for line in lines), _("seen and in order?"))))
    )

"""The papers of a notice, filled from its ledger: what goes out, what goes back, and the notice as it stands."""

from dataclasses import replace
from datetime import datetime

from flows.acts.notices import Matter
from flows.steps.notices import forms
from flows.steps.notices.standing import SIGNED, Act
from flows.steps.procedure import Signed

_TITLES = {
    (Act.SIGN, "handler"): forms.AUTHOR,
    (Act.SIGN, "leader"): forms.LEADER,
    (Act.DISPATCH, "handler"): forms.HANDLER,
}


def outgoing(matter: Matter, number: str) -> bytes:
    """Return the notice that goes to the undertaking department, with the signatures so far and the handler's place."""
    rows = [*_signed(matter), forms.signature(forms.HANDLER, _name(matter, matter.notice.handler))]
    return forms.support_notice(matter.standing(), _paper(matter, number, "out", rows))


def feedback(matter: Matter, number: str, now: datetime) -> bytes:
    """Return the feedback to the author as it is delivered now."""
    given = matter.case.ledger.find(type="notice.answered")[-1]
    at = forms.time_text(matter.notice, given.at)
    answerer = _name(matter, given.by.removeprefix("person:"))
    rows = [
        forms.signature(forms.ANSWERER, answerer, at),
        forms.signature(forms.AUTHOR, _name(matter, matter.notice.author)),
    ]
    standing = matter.standing()
    delivered = replace(standing, done={**standing.done, Act.FEEDBACK: now})
    paper = _paper(matter, number, "out", rows)
    files = "；".join(given.body["files"])
    return forms.feedback(delivered, paper, _sent(matter), list(given.body["answers"]), files)


def printed(matter: Matter) -> bytes:
    """Return the support notice as it stands now, with every signature, result and acknowledgement."""
    rows = _signed(matter)
    for event in matter.case.ledger.find(type="notice.received"):
        name = _name(matter, event.by.removeprefix("person:"))
        rows.append(forms.signature(forms.RECEIVER, name, forms.time_text(matter.notice, event.at)))
    direction = "out" if "out" in matter.numbers else matter.notice.direction
    return forms.support_notice(matter.standing(), _paper(matter, _sent(matter), direction, rows))


def _signed(matter: Matter) -> list[dict[str, str]]:
    found = [(act, signed) for act in SIGNED for signed in matter.judge(act).signed if (act, signed.role) in _TITLES]
    return [_row(matter, _TITLES[act, signed.role], signed) for act, signed in found]


def _row(matter: Matter, title: str, signed: Signed) -> dict[str, str]:
    absent = f"（代{_name(matter, signed.on_behalf_of)}）" if signed.on_behalf_of else ""
    witnesses = [_name(matter, each) for each in signed.witnesses]
    return forms.signature(
        title, _name(matter, signed.person) + absent, forms.time_text(matter.notice, signed.at), witnesses
    )


def _paper(matter: Matter, number: str, direction: str, rows: list[dict[str, str]]) -> forms.Paper:
    return forms.Paper(number, direction, matter.names, matter.files, rows)


def _sent(matter: Matter) -> str:
    """Return the number under which the undertaking department knows the notice, or that of the own one."""
    return matter.numbers.get("out") or matter.number


def _name(matter: Matter, person: str) -> str:
    return matter.names.get(person) or person

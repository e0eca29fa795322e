"""The screening of a lot: the form sealed, the decision held against it, a no-bid archived (SJE/ZY/GK-02 art. 3.2)."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from flows.acts.named import require_lot, require_named
from flows.acts.order import require_passed
from flows.acts.sealing import JSON, Brought, as_json, seal
from flows.case import Case
from flows.errors import TenderError
from flows.steps import procedure
from flows.steps.procedure import Manifested, Verdict
from flows.steps.screening import ScreeningForm, form, opinions_needed
from flows.steps.screening.sheet import read_answers
from flows.steps.screening.standing import missing_opinions, opinions
from flows.steps.screening.word import word_form
from storage.canonical import stamp


class NotScreened(TenderError):
    """A decision to bid before the panel's opinions, or against the form without a reason."""


class ScreeningClosed(TenderError):
    """A form for a lot whose bid is decided already, or that has ended."""


def take_in(case: Case, lot: str, content: bytes, file: str) -> tuple[Brought, ScreeningForm]:
    """Seal the form that the handler filled in; a later one voids opinions and decision over the earlier.

    Raises:
        NotNamed: the person is not the handler of this tender.
        ScreeningClosed: the lot has ended.
        OutOfOrder: the bid notice is not signed (art. 3.1).
        InvalidSheet: with every mistake of the form by cell or line.
    """
    require_named(case, "handler")
    require_lot(case, lot)
    if lot not in case.lots():
        raise ScreeningClosed(
            "Tender {tender}, lot {lot}: it has ended, expected an open lot (SJE/ZY/GK-02 art. 3.2); "
            "next: tender log {tender}",
            tender=case.tender,
            lot=lot,
        )
    require_passed(case, "notice", lot, "screening")
    filled = form(case.record, lot, datetime.now(UTC), read_answers(content, file, case.record, lot))
    return seal_form(case, filled), filled


def seal_form(case: Case, filled: ScreeningForm) -> Brought:
    """Seal a form, and say beside it what it advises, so that every gate can hold the decision against it."""
    name = f"screening/{filled.lot}"
    brought = seal(case, "procedure", name, as_json(filled.to_json()), JSON)
    digest = case.manifested(case.manifests(name)[name]).digest
    body = {
        "form": digest,
        "kind": filled.form,
        "rule": filled.rule,
        "score": None if filled.total is None else f"{filled.total:f}",
        "threshold": f"{filled.threshold:f}",
        "failed": list(filled.failed),
        "advice": filled.advice,
        "opinions": opinions_needed(case.record, filled.lot) if filled.form == "full" else 0,
    }
    case.ledger.append("screening.scored", body, key=f"screening-scored/{filled.lot}/{digest}", lot=filled.lot)
    return brought


def read_form(case: Case, lot: str) -> ScreeningForm:
    """Open the newest form of a lot; UnknownObject when nobody filled one in."""
    return ScreeningForm.from_json(json.loads(case.read(f"screening/{lot}", purpose="screening")))


def require_screened(case: Case, lot: str, verdict: str, reason: str, subjects: Sequence[Manifested]) -> None:
    """Refuse a decision to bid while opinions are missing, or against the form without a reason.

    Raises:
        NotScreened: with who has to give an opinion, or what the form says.
    """
    if verdict != "bid":
        return
    facts = case.facts()
    missing = missing_opinions(lot, facts, subjects)
    if missing:
        raise NotScreened(
            "Screening of {tender}, lot {lot}: {have} signed opinions, expected {expected} (SJE/ZY/GK-02 art. 3.2); "
            "next: tender sign {tender} screening-opinion, by {missing}",
            tender=case.tender,
            lot=lot,
            have=len(opinions(lot, facts, subjects)),
            expected=facts.opinions[lot],
            missing=", ".join(each.removeprefix("panel: ") for each in missing),
        )
    filled = read_form(case, lot)
    if filled.advice == "no-bid" and not reason.strip():
        raise NotScreened(
            "Screening of {tender}, lot {lot}: the form says no-bid (score {score} of {threshold}, failed: {failed}), "
            "expected a reason for bidding against it (SJE/ZY/GK-02 art. 3.2); next: add --reason",
            tender=case.tender,
            lot=lot,
            score="-" if filled.total is None else f"{filled.total:f}",
            threshold=f"{filled.threshold:f}",
            failed=", ".join(filled.failed) or "-",
        )


def end_no_bid(case: Case, verdict: Verdict) -> None:
    """Archive why a lot is not bid for, under retention, and end the lot."""
    refusal = next(signed for signed in verdict.signed if signed.verdict in verdict.gate.refusing)
    value = {
        "v": 1,
        "tender": case.tender,
        "lot": verdict.lot,
        "reason": refusal.reason,
        "by": refusal.person,
        "at": stamp(refusal.at),
        "form": [subject.digest for subject in verdict.subjects],
        "advice": case.facts().advice.get(verdict.subjects[0].digest),
        "opinions": _said(case, verdict.lot, verdict.subjects),
    }
    key = procedure.step_key("no-bid", verdict.lot, verdict.subjects)
    name = f"no-bid/{verdict.lot}"
    case.vault.seal("archive", name, as_json(value), media_type=JSON, step_key=key)
    case.end(verdict.lot, "no-bid", refusal.reason)


def view(case: Case, lot: str) -> dict[str, Any]:
    """Return the form of a lot with the opinions over it and the decision, as plain values."""
    filled, facts = read_form(case, lot), case.facts()
    verdict = procedure.judge(procedure.GATES["screening"], lot, facts)
    return {
        **filled.to_json(),
        "failed": list(filled.failed),
        "opinions": _said(case, lot, verdict.subjects),
        "opinions_needed": facts.opinions[lot],
        "decision": [f"{s.role} {s.person}: {s.verdict} {s.reason}".rstrip() for s in verdict.signed],
        "state": verdict.state.value,
        "missing": list(verdict.missing),
    }


def as_word(case: Case, lot: str) -> bytes:
    """Return the company's Word form of a lot, filled from the sealed form, the opinions and the decision."""
    filled, facts = read_form(case, lot), case.facts()
    verdict = procedure.judge(procedure.GATES["screening"], lot, facts)
    said = opinions(lot, facts, verdict.subjects)
    names = {person.id: person.name for person in case.people.persons}
    return word_form(case.record, filled, said, verdict.signed[0] if verdict.signed else None, names)


def _said(case: Case, lot: str, subjects: Sequence[Manifested]) -> list[dict[str, str]]:
    functions: dict[str, list[str]] = {}
    for function, person in case.record.people.panel.items():
        functions.setdefault(person, []).append(function)
    return [
        {
            "person": said.person,
            "for": "+".join(functions.get(said.named, [])),
            "verdict": said.verdict,
            "reason": said.reason,
            "at": stamp(said.at),
        }
        for said in opinions(lot, case.facts(), subjects)
    ]

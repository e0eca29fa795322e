"""A person's part in a decision: see what is decided on, open it, sign it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from flows.acts import signing
from flows.acts.on_paper import put_on_paper
from flows.acts.order import require_passed
from flows.acts.price_votes import ABOVE, require_signable, signers_above
from flows.acts.screening import require_screened
from flows.acts.ticking import TICKS, require_ticked
from flows.case import Case, UnknownObject, named_people
from flows.errors import TenderError
from flows.steps import checklist, procedure, waiver_form
from flows.steps.authority.need import EXCEPTION
from flows.steps.procedure import GATES, WHOLE_TENDER, Gate, Manifested, State
from flows.steps.rendition import RENDITION_GATE
from flows.steps.returned import BACK_TO, REVIEW
from flows.steps.rounds import RANGE_GATE
from storage import anchor


class DecisionNotOpen(TenderError):
    """There is nothing to decide: documents are missing, or the decision does not exist."""


class FileThere(TenderError):
    """A file of another content stands where a document would be written."""


class StaleDocuments(TenderError):
    """Other versions than those that the person looked at."""


class TooLate(TenderError):
    """The deadline is over."""


@dataclass(frozen=True)
class Wish:
    """What a person wants to sign. An empty verdict means the plain yes of that decision.

    `rule` is the rejection rule of a waiver, `checked` the rules that were ticked on a checklist.
    """

    decision: str
    lot: str
    verdict: str = ""
    reason: str = ""
    rule: str = ""
    back_to: str = ""
    seen: str = ""
    checked: tuple[str, ...] = ()
    """What `seen_code` gave when the documents were looked at; empty: not compared."""
    on_behalf_of: str = ""
    """The person whom the signer deputises for."""
    signer: str = ""
    """Who signed on paper; the person who runs this is a witness."""
    scan: Path | None = None
    """PDF of the signed paper, brought in by the first witness."""


_LACKING = (
    "Decision {decision} of {tender}, lot {lot}: {lacking} not there yet, expected it before the decision "
    "(SJE/ZY/GK-02 art. {article}); next: tender stages {tender}"
)
_NO_FORM = (
    "Decision {decision} of {tender}, lot {lot}: {lacking} not there yet, expected the full form, filled in by "
    "the handler (SJE/ZY/GK-02 art. {article}); next: tender screening form {tender} FILE --lot {lot}"
)
WAIVER = Gate("waiver", "waiver", "3.3", ("reviewer",), ("approve",), ("checks/{lot}/*",), not_also=("handler",))

OPINION = Gate(
    "screening-opinion", "screening-opinion", "3.2", ("panel",), ("bid",), ("screening/{lot}",), ("no-bid",),
    not_also=("handler", "leader"),
)  # fmt: skip


def rule_of(decision: str) -> Gate:
    """Return the gate of a decision by its name."""
    known = {gate.decision: gate for gate in GATES.values()}
    beside = (WAIVER, TICKS, OPINION, RANGE_GATE, RENDITION_GATE, *ABOVE.values())
    known |= {gate.decision: gate for gate in beside}
    if decision not in known:
        raise DecisionNotOpen(
            "Decision {decision}: not known, expected one of {known}; next: tender sign --help",
            decision=decision,
            known=", ".join(known),
        )
    return known[decision]


def sign(case: Case, wish: Wish) -> signing.SignedEvent:
    """Sign a decision with the person's own key and append it to the ledger.

    Raises:
        DecisionNotOpen: unknown decision or verdict, nothing to decide on, a reason is missing.
        NotYours: neither named for a role that this decision needs nor a deputy in force for someone who is.
        NotOnPaper: a signature on paper that cannot be taken in.
        StaleDocuments: an addendum made a subject stale, or other versions were looked at.
        TooLate: a submission after the deadline.
    """
    gate = rule_of(wish.decision)
    lot = wish.lot if gate.per_lot else WHOLE_TENDER
    if gate.decision in ABOVE:
        gate = signers_above(case, gate, lot)
    verdict = _verdict(gate, wish)
    named = named_people(case.record.people)
    right = None if wish.signer else signing.right(case, gate, lot, named, wish.on_behalf_of)
    _require_open(case, gate, lot)
    if gate.decision in ("screening", OPINION.decision):
        require_passed(case, "notice", lot, gate.decision)
    _in_time(case, gate, datetime.now(UTC))
    subjects = _subjects(case, gate, lot)
    _require_seen(case, gate, wish, subjects)
    if verdict in gate.passing:
        _require_fresh(case, gate, lot, subjects)
    require_signable(case, gate, lot)
    require_ticked(case, gate, lot, verdict, wish.checked)
    if gate.stage == "screening":
        require_screened(case, lot, verdict, wish.reason, subjects)
    if right is None:
        return put_on_paper(case, gate, lot, verdict, wish.signer, subjects, named, wish.scan, _reason(wish))
    return signing.put(case, gate, lot, verdict, right, subjects, _reason(wish))


def witness(case: Case) -> int:
    """Publish a checkpoint of the ledger as the person sees it; return how many events it counts.

    Raises:
        StorageError: the store cannot take it, or the ledger is no longer the one that earlier checkpoints count.
    """
    return anchor.publish(case.store, case.ledger, case.holder).size


def _require_open(case: Case, gate: Gate, lot: str) -> None:
    how = case.ended().get(lot, "")
    if how and gate.stage in GATES:
        raise DecisionNotOpen(
            "Decision {decision} of {tender}, lot {lot}: the lot has ended ({how}), expected an open one; "
            "next: tender log {tender}",
            decision=gate.decision,
            tender=case.tender,
            lot=lot,
            how=how,
        )


def _in_time(case: Case, gate: Gate, now: datetime) -> None:
    if gate.decision == "submission" and case.record.is_late(now):
        raise TooLate(
            "Tender {tender}: submission at {now} after the deadline {deadline}, expected before it; "
            "next: record the withdrawal or ask the buyer",
            tender=case.tender,
            now=now.isoformat(timespec="minutes"),
            deadline=case.record.deadline.isoformat(timespec="minutes"),
        )


def _verdict(gate: Gate, wish: Wish) -> str:
    verdict = wish.verdict or gate.passing[0]
    if verdict not in gate.passing + gate.refusing:
        raise DecisionNotOpen(
            "Decision {decision}: verdict {verdict} not known, expected {known}; next: tender sign --help",
            decision=gate.decision,
            verdict=verdict,
            known=", ".join(gate.passing + gate.refusing),
        )
    needs_reason = verdict in gate.refusing or gate.decision in ("waiver", EXCEPTION)
    if needs_reason and not wish.reason:
        raise DecisionNotOpen(
            "Decision {decision}: {verdict} without a reason, expected one; next: add --reason",
            decision=gate.decision,
            verdict=verdict,
        )
    if (gate.decision == "waiver") != bool(wish.rule):
        raise DecisionNotOpen(
            "Waiver: a rule belongs to a waiver and only to it; next: tender sign ID waiver --rule R10"
        )
    goes_back = gate.decision == REVIEW and verdict in gate.refusing
    if goes_back != bool(wish.back_to) or (goes_back and wish.back_to not in BACK_TO):
        raise DecisionNotOpen(
            "Decision {decision}: found --back-to {found}; a rejected final review, and only that, goes back to one of "
            "{known} (SJE/ZY/GK-02 art. 3.3); next: add --back-to and --reason",
            decision=gate.decision,
            found=wish.back_to or "-",
            known=", ".join(BACK_TO),
        )
    return verdict


def _reason(wish: Wish) -> str:
    """Return the reason as it is signed: a waiver's rule, the step a review goes back to, the ticks stand before it."""
    if wish.checked:
        return checklist.reason(wish.checked, wish.reason)
    before = wish.rule or wish.back_to
    return f"{before}: {wish.reason}" if before else wish.reason


def seen_code(subjects: Iterable[Manifested]) -> str:
    """Return a short name of exactly these versions, to sign only what was looked at."""
    return sha256("".join(sorted(subject.digest for subject in subjects)).encode()).hexdigest()[:12]


def _require_seen(case: Case, gate: Gate, wish: Wish, subjects: tuple[Manifested, ...]) -> None:
    if wish.seen and wish.seen != seen_code(subjects):
        raise StaleDocuments(
            "Decision {decision} of {tender}: the documents changed since {seen} was shown, expected {now} "
            "(SJE/ZY/GK-02 art. {article}); next: look again: tender show {tender} {decision}",
            decision=gate.decision,
            tender=case.tender,
            seen=wish.seen,
            now=seen_code(subjects),
            article=gate.article,
        )


def _require_fresh(case: Case, gate: Gate, lot: str, subjects: tuple[Manifested, ...]) -> None:
    stale = case.facts().stale
    names = [subject.name for subject in subjects if subject.digest in stale]
    if names:
        raise StaleDocuments(
            "Decision {decision} of {tender}, lot {lot}: {names} stale by an addendum, expected to be brought in anew "
            "(SJE/ZY/GK-02 art. {article}); next: tender addendum {tender}",
            decision=gate.decision,
            tender=case.tender,
            lot=lot,
            names=", ".join(names),
            article=gate.article,
        )


def _subjects(case: Case, gate: Gate, lot: str) -> tuple[Manifested, ...]:
    manifests = case.facts().manifests
    subjects = procedure.subjects(gate, lot, manifests)
    lacking = [p.format(lot=lot) for p in gate.subjects if not procedure.matching(p, lot, manifests)]
    if lacking:
        raise DecisionNotOpen(
            _NO_FORM if lacking == [f"screening/{lot}"] else _LACKING,
            decision=gate.decision,
            tender=case.tender,
            lot=lot,
            lacking=", ".join(lacking),
            article=gate.article,
        )
    return subjects


def look(case: Case, decision: str, lot: str) -> dict[str, Any]:
    """Return what a decision is about and how it stands, as plain values."""
    gate = rule_of(decision)
    verdict = procedure.judge(gate, lot if gate.per_lot else WHOLE_TENDER, case.facts())
    return {
        "decision": decision,
        "lot": verdict.lot,
        "state": verdict.state.value,
        "seen": seen_code(verdict.subjects),
        "subjects": [{"name": s.name, "version": s.version, "digest": s.digest} for s in verdict.subjects],
        "signed": [f"{s.words} {s.reason}".rstrip() for s in verdict.signed],
        "returned": verdict.reason if verdict.state is State.REJECTED else "",
        "missing": list(verdict.missing) if verdict.state is not State.PASSED else [],
    }


def waiver_word(case: Case, lot: str) -> bytes:
    """Return the form that says which rules were waived over a lot's newest check reports."""
    facts = case.facts()
    reports = procedure.subjects(WAIVER, lot, facts.manifests)
    digests = {report.digest for report in reports}
    signed = [each for each in procedure.waivers(lot, facts) if each.subjects <= digests]
    return waiver_form.word(case.record, lot, signed, reports)


def get(case: Case, names: str, folder: Path) -> list[Path]:
    """Open every object that fits a pattern into a private folder; return the paths written.

    Raises:
        UnknownObject: nothing fits.
        FileThere: `folder` is a file, or holds a file of the same name with other content: nothing is written.
    """
    manifests = case.manifests(names)
    if not manifests:
        raise UnknownObject(
            "Tender {tender}: no object {name} found, expected it sealed before; next: tender log {tender}",
            tender=case.tender,
            name=names,
        )
    _require_folder(folder)
    files = {
        folder / file_name(name, manifest.media_type): case.open(manifest, purpose="read by a person")
        for name, manifest in sorted(manifests.items())
    }
    for path, data in files.items():
        _require_free(path, data)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path, data in files.items():
        path.touch(mode=0o600)
        path.chmod(0o600)  # the same file may stand there, open to others
        path.write_bytes(data)
    return list(files)


ENDINGS = {
    "application/json": ".json",
    "application/zip": ".zip",
    "application/pdf": ".pdf",
    "text/html": ".html",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
}


def file_name(name: str, media_type: str) -> str:
    """Return the file name of an object on a person's disk: `package/1` becomes `package_1.zip`."""
    flat = name.replace("/", "_")
    ending = ENDINGS.get(media_type, "")
    return flat if flat.lower().endswith(ending) else flat + ending


def _require_folder(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise FileThere("{path}: found a file, expected a folder; next: name a folder with --out", path=str(folder))


def _require_free(path: Path, data: bytes) -> None:
    if path.exists() and (not path.is_file() or path.read_bytes() != data):
        raise FileThere(
            "{path}: something else is there already, expected none; nothing was written; "
            "next: name another folder with --out",
            path=str(path),
        )

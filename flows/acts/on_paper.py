"""A signature on paper: two others have seen it and sign so with their own keys, over the papers and one scan."""

from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from flows.acts.signing import Named, NotYours, Right, SignedEvent, append, require_apart, role_of, who_can
from flows.case import Case
from flows.errors import TenderError
from flows.steps.assurance import NOT_ON_PAPER, scan_name
from flows.steps.procedure import Gate, Manifested
from flows.steps.read_technical_inputs import RefusedFile, read_input
from storage.decision import WITNESS, Decision

PDF = "application/pdf"


class NotOnPaper(TenderError):
    """A signature on paper that cannot be taken in."""


def put_on_paper(
    case: Case,
    gate: Gate,
    lot: str,
    verdict: str,
    signer: str,
    subjects: Sequence[Manifested],
    named: Named,
    scan: Path | None = None,
    reason: str = "",
) -> SignedEvent:
    """Sign as a witness that `signer` signed these papers by hand; it counts once two witnesses say so of one scan.

    Args:
        scan: PDF of the signed paper; without it the one that is sealed already.

    Raises:
        NotYours: the signer may not take the decision, or the witness stands behind another signature of it.
        NotOnPaper: a price, no scan, or something else than a PDF.
    """
    person = case.holder.name.removeprefix("person:")
    role = role_of(case, gate, named, signer)
    row = case.people.find(person, datetime.now(UTC))
    if role is None or row is None or person == signer:
        raise NotYours(
            "Decision {decision} of {tender}: {person} cannot witness a signature of {signer}, expected two others as "
            "witnesses and a signer from {roles} (SJE/ZY/GK-02 art. {article}); next: tender people list",
            decision=gate.decision,
            tender=case.tender,
            person=person,
            signer=signer,
            roles=who_can(case, gate, lot, named),
            article=gate.article,
        )
    require_apart(case, gate, lot, subjects, Right(role), frozenset({person, signer}))
    paper = _scan(case, gate, lot, signer, scan)
    decision = Decision(
        tender=case.tender,
        lot=lot,
        kind=WITNESS,
        verdict=verdict,
        person=person,
        role=row.roles[0],
        subjects={s.digest: f"{s.name}@{s.version}" for s in (*subjects, paper)},
        at=datetime.now(UTC),
        procedure=case.procedure,
        reason=reason,
        witness={"decision": gate.decision, "person": signer, "role": role},
    )
    return append(case, decision)


def _scan(case: Case, gate: Gate, lot: str, signer: str, file: Path | None) -> Manifested:
    """Seal the scan that is brought in, or return the one that is there."""
    if gate.decision in NOT_ON_PAPER:
        raise NotOnPaper(
            "Decision {decision}: found a signature on paper, expected the person's own key: its paper would carry "
            "what only the price compartment may hold (SJE/ZY/GK-02 art. 3.4); next: sign without --wet",
            decision=gate.decision,
        )
    name = scan_name(gate.decision, lot, signer)
    if file is not None:
        read = read_input(file.parent, file.name)
        if read.media_type != PDF:
            raise RefusedFile("{file}: found {found}, expected a PDF; next: scan it as PDF", file=file.name,
                              found=read.media_type)  # fmt: skip
        key = f"in/{name}/{sha256(read.data).hexdigest()}"
        case.vault.seal("procedure", name, read.data, media_type=PDF, step_key=key)
    manifest = case.manifests(name).get(name)
    if manifest is None:
        raise NotOnPaper(
            "Decision {decision} of {tender}: no scan of the paper that {signer} signed found, expected it from the "
            "first witness; next: add --wet SCAN.pdf",
            decision=gate.decision,
            tender=case.tender,
            signer=signer,
        )
    return case.manifested(manifest)

"""What the submitter does with a final package: platform on record, sealed renditions bound to it, submission recorded.

SJE/ZY/GK-02 art. 3.3 and 3.4.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from flows.acts import deciding, uploads
from flows.acts.deciding import TooLate, Wish
from flows.acts.named import require_lot, require_named
from flows.acts.sealing import JSON, Brought, as_json, seal
from flows.acts.signing import SignedEvent
from flows.case import Case
from flows.errors import TenderError
from flows.steps import procedure
from flows.steps.pack_submission import PackedFile, unpack
from flows.steps.platform import Platform, PlatformRefused, require_usable
from flows.steps.platform_tree import Leaf, tree
from flows.steps.procedure import State
from flows.steps.read_technical_inputs import read_input
from flows.steps.rendition import RENDITION_GATE, require_same_pages
from templates import catalogue
from templates.pdf_parts import page_count

CHANNELS = ("platform", "paper", "mail")
PDF = "application/pdf"


class RenditionUnbound(TenderError):
    """A sealed rendition that no signed statement binds to the package as it is now."""


class NotSubmittable(TenderError):
    """A way or time of submission that cannot be."""


@dataclass(frozen=True)
class Submission:
    """How a bid was handed over: the way, when (aware), and the receipt's file if there is one."""

    channel: str
    at: datetime
    receipt: Path | None = None


def record_platform(case: Case, lot: str, platform: Platform) -> Brought:
    """Seal what is known of the buyer's platform as `platform/<lot>`.

    Raises:
        NotNamed: the person is neither submitter nor handler.
        PlatformRefused: with it nothing can be submitted.
    """
    require_named(case, "submitter", "handler")
    require_lot(case, lot)
    require_usable(platform, case.record.deadline, rehearsed=False)
    return seal(case, "procedure", f"platform/{lot}", as_json(platform.to_json()), JSON)


def platform_of(case: Case, lot: str) -> Platform | None:
    """Return what was recorded of the platform of a lot, None when nothing was."""
    if not case.manifests(f"platform/{lot}"):
        return None
    return Platform.from_json(json.loads(case.read(f"platform/{lot}", purpose="platform")))


def final_files(case: Case, lot: str) -> tuple[PackedFile, ...]:
    """Open the final package of a lot; each file is what its manifest lists."""
    return unpack(case.read(f"package/{lot}", purpose="submission"))


def bind(case: Case, lot: str, volume: str, file: Path) -> SignedEvent:
    """Seal a scan of the stamped paper or an e-sealed PDF and sign that it is the reviewed volume page for page.

    Raises:
        NotNamed: the person is not the submitter.
        PagesDiffer: another number of pages than the reviewed volume, or no such volume.
        RefusedFile: a hostile or broken file.
    """
    require_named(case, "submitter")
    require_lot(case, lot)
    read = read_input(file.parent, file.name)
    require_same_pages(volume, page_count(read.data, file.name), final_files(case, lot))
    seal(case, "submission", f"rendition/{lot}/{volume}.pdf", read.data, PDF)
    reason = f"{volume}: same page for page"
    return deciding.sign(case, Wish(RENDITION_GATE.decision, lot, "same", reason))


def submit(case: Case, lot: str, how: Submission) -> SignedEvent:
    """Sign the submission of a package and record how it was handed over.

    Raises:
        NotSubmittable: an unknown channel, or a time that cannot be.
        TooLate: after the deadline.
        PlatformRefused: a platform without a usable record.
        UploadWrong: the platform refused a file, and nobody says what was done about it.
        RenditionUnbound: a rendition that is bound to another package.
    """
    _require_possible(case, lot, how)
    if how.channel == "platform":
        _require_platform(case, lot)
    _require_bound(case, lot)
    signed = deciding.sign(case, Wish("submission", lot))
    receipt = how.receipt.read_bytes() if how.receipt else None
    if receipt is not None and how.receipt is not None:
        seal(case, "procedure", f"receipt/{lot}/{how.receipt.name}", receipt, "application/octet-stream")
    body = {
        "channel": how.channel,
        "at": how.at.isoformat(timespec="seconds"),
        "receipt": sha256(receipt).hexdigest() if receipt is not None else "",
        "package": signed.subjects[0],
    }
    case.ledger.append("submission.recorded", body, key=f"submission.recorded/{lot}/{signed.subjects[0]}", lot=lot)
    return signed


def tree_of(case: Case, lot: str) -> Sequence[Leaf]:
    """Return the PDFs of the final package as the platform's tree wants them."""
    files = {file.name: file.data for file in final_files(case, lot)}
    volumes = catalogue.load(case.record.set).volumes
    pdfs = {volume.id: files[f"{volume.id}.pdf"] for volume in volumes if f"{volume.id}.pdf" in files}
    platform = platform_of(case, lot)
    return tree(pdfs, {volume.id: volume.title for volume in volumes}, platform.nodes if platform else ())


def _require_possible(case: Case, lot: str, how: Submission) -> None:
    require_lot(case, lot)
    now, deadline = datetime.now(UTC), case.record.deadline
    if how.channel not in CHANNELS or how.at.tzinfo is None or how.at > now:
        raise NotSubmittable(
            "Submission of {tender}, lot {lot}: found {channel} at {at}, expected one of {channels} and a past time "
            "with zone; next: tender submit --help",
            tender=case.tender,
            lot=lot,
            channel=how.channel,
            at=how.at.isoformat(timespec="minutes"),
            channels=", ".join(CHANNELS),
        )
    if max(how.at, now) > deadline:
        raise TooLate(
            "Submission of {tender}, lot {lot}: handed over {at}, recorded {now}, after the deadline {deadline} "
            "(SJE/ZY/GK-02 art. 3.4); next: ask the buyer, or tender end {tender} --lot {lot} --how withdrawn",
            tender=case.tender,
            lot=lot,
            at=how.at.isoformat(timespec="minutes"),
            now=now.isoformat(timespec="minutes"),
            deadline=deadline.isoformat(timespec="minutes"),
        )


def _require_platform(case: Case, lot: str) -> None:
    platform = platform_of(case, lot)
    if platform is None:
        raise PlatformRefused(
            "Submission of {tender}, lot {lot}: no platform on record, expected tool, certificate and rehearsal "
            "(SJE/ZY/GK-02 art. 3.4); next: tender platform {tender} platform.yaml",
            tender=case.tender,
            lot=lot,
        )
    require_usable(platform, case.record.deadline, rehearsed=True)
    uploads.require_none_open(case, lot)


def _require_bound(case: Case, lot: str) -> None:
    if not case.manifests(f"rendition/{lot}/*"):
        return
    verdict = procedure.judge(RENDITION_GATE, lot, case.facts())
    if verdict.state is not State.PASSED:
        raise RenditionUnbound(
            "Submission of {tender}, lot {lot}: a sealed rendition is bound to other documents than the package now "
            "(SJE/ZY/GK-02 art. 3.3); missing: {missing}; next: tender package bind {tender}",
            tender=case.tender,
            lot=lot,
            missing=verdict.lacking,
        )

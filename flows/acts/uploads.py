"""The files that the buyer's platform refused, as the ledger tells them; the submitter records each (art. 3.4)."""

from datetime import UTC, datetime
from hashlib import file_digest, sha256
from pathlib import Path

from flows.acts.named import require_lot, require_named
from flows.case import Case
from flows.steps import refused_upload
from flows.steps.refused_upload import REFUSED, RefusedUpload, UploadWrong


def refused(case: Case, lot: str) -> list[RefusedUpload]:
    """Return what the platform refused of a lot, each with what was done about it."""
    return refused_upload.standing(RefusedUpload.of(event.body) for event in case.ledger.find(type=REFUSED, lot=lot))


def record_refused(
    case: Case, lot: str, file: Path, *, reason: str, done: str = "", at: datetime | None = None
) -> RefusedUpload:
    """Record that the platform refused a file, or what was done about one that stands there as refused.

    Args:
        at: when it was refused, aware; default: now, or with `done` the time of the open refusal of this file.

    Raises:
        NotNamed: the person is neither submitter nor handler.
        UploadWrong: no reason, or a time to come.
    """
    require_named(case, "submitter", "handler")
    require_lot(case, lot)
    now = datetime.now(UTC)
    with file.open("rb") as opened:
        digest = file_digest(opened, "sha256").hexdigest()
    said = RefusedUpload(file.name, digest, (at or now).replace(microsecond=0), reason, done)
    new = refused_upload.followed(refused(case, lot), said, at_given=at is not None)
    refused_upload.require_recordable(new, now)
    key = f"{REFUSED}/{lot}/{new.sha256}/{new.at.isoformat()}/{sha256(new.done.encode()).hexdigest()}"
    case.ledger.append(REFUSED, new.to_json(), key=key, lot=lot)
    return new


def require_none_open(case: Case, lot: str) -> None:
    """Refuse to go on while a refused upload stands there of which nobody says what was done.

    Raises:
        UploadWrong: with the file and how to tell it.
    """
    still = [each for each in refused(case, lot) if not each.done]
    if still:
        raise UploadWrong(
            "Submission of {tender}, lot {lot}: the platform refused {file} at {at}, expected what was done about it "
            "(SJE/ZY/GK-02 art. 3.4); next: tender platform {tender} --refused {file} --done …",
            tender=case.tender,
            lot=lot,
            file=still[0].file,
            at=still[0].at.isoformat(timespec="minutes"),
        )

"""Ends a lot or a whole tender before its result, resumes a postponed one, and ties a re-tender to its predecessor."""

from datetime import UTC, datetime

from flows.acts.named import require_lot, require_named
from flows.acts.tasks import submitted_lots
from flows.case import Case, case_of
from flows.errors import TenderError
from flows.steps import ending
from flows.steps.procedure import WHOLE_TENDER
from storage.event import Event
from storage.ledger import BUCKET


class PredecessorOpen(TenderError):
    """A re-tender whose predecessor is unknown, has not ended, or belongs to another department."""


def end(case: Case, lot: str, how: str, reason: str) -> list[Event]:
    """Record that a lot, or the whole tender, has ended at whatever gate it stands.

    Args:
        lot: a lot, or `-` for every lot that has not ended for good.
        how: one of `flows.steps.ending.HOWS`.

    Raises:
        NotNamed: the person is neither handler nor leader of this tender.
        CannotEnd: unknown, without a reason, a second time, or on the wrong side of the deadline.
    """
    require_named(case, "handler", "leader")
    stands = case.ended()
    late = case.record.is_late(datetime.now(UTC))
    lots, handed = _meant(case, lot), set(submitted_lots(case))
    for each in lots:
        ending.require_can_end(each, stands.get(each, ""), how, reason, late=late, submitted=each in handed)
    return [_record(case, "tender.ended", each, {"how": how, "reason": reason}) for each in lots]


def resume(case: Case, lot: str, reason: str) -> list[Event]:
    """Record that a postponed lot, or every postponed lot, goes on.

    Raises:
        NotNamed: the person is neither handler nor leader of this tender.
        CannotEnd: a lot is not postponed.
    """
    require_named(case, "handler", "leader")
    stands = case.ended()
    lots = _meant(case, lot)
    for each in lots:
        ending.require_postponed(each, stands.get(each, ""))
    return [_record(case, "tender.resumed", each, {"reason": reason}) for each in lots]


def _meant(case: Case, lot: str) -> list[str]:
    if lot == WHOLE_TENDER:
        return case.lot_ids
    require_lot(case, lot)
    return [lot]


def _record(case: Case, kind: str, lot: str, body: dict[str, str]) -> Event:
    """Append the event once: told twice by a retry it is one event, a second postponement is another."""
    count = len(case.ledger.find(type=kind, lot=lot))
    return case.ledger.append(kind, body, key=f"{kind}/{lot}/{body.get('how', '')}/{count}", lot=lot)


def succeed(case: Case, predecessor: str) -> None:
    """Write into a re-tender's predecessor which tender goes on from it.

    Args:
        case: the new tender, opened by its handler.

    Raises:
        PredecessorOpen: no such tender, or a lot of it is still open.
    """
    if next(iter(case.store.list(BUCKET, f"{predecessor}/")), None) is None:
        raise PredecessorOpen(
            "Tender {tender}: predecessor {predecessor} not found, expected a tender opened before; "
            "next: correct predecessor in tender.yaml",
            tender=case.tender,
            predecessor=predecessor,
        )
    before = case_of(case.store, predecessor, case.holder, case.people)
    still = before.lots()
    if still:
        raise PredecessorOpen(
            "Tender {tender}: predecessor {predecessor} still has open lots {lots}, expected all ended; "
            "next: tender end {predecessor}",
            tender=case.tender,
            predecessor=predecessor,
            lots=", ".join(still),
        )
    before.ledger.append("tender.retendered", {"successor": case.tender}, key=f"retendered/{case.tender}")

"""How a lot can end before its result, at any gate: withdrawn, revoked, terminated, postponed; events, not deletions.

《招标投标法实施条例》 art. 31: the buyer may terminate; art. 35: a bid may be withdrawn (撤回) before the deadline, and
revoked (撤销) after it, when the bond may be kept.
"""

from collections.abc import Iterable, Sequence

from flows.errors import TenderError
from flows.steps.procedure import WHOLE_TENDER

HOWS = ("withdrawn", "revoked", "terminated", "postponed")
"""What a person can record; runs record `submitted` and `no-bid` beside these."""
RESUMED = "resumed"
_FOR_GOOD = ("withdrawn", "revoked", "terminated", "no-bid")


class CannotEnd(TenderError):
    """A lot that cannot end in this way now, or cannot be resumed."""


def standing(lots: Sequence[str], happened: Iterable[tuple[str | None, str]]) -> dict[str, str]:
    """Return how each lot has ended, by lot; an open one is left out.

    Args:
        happened: lot (`-` or None for all) and how, in the order of the ledger; `resumed` opens it again.
    """
    ended: dict[str, str] = {}
    for lot, how in happened:
        for each in lots if lot in (None, WHOLE_TENDER) else [str(lot)]:
            if how == RESUMED:
                ended.pop(each, None)
            elif ended.get(each) not in _FOR_GOOD:
                ended[each] = how
    return ended


def require_can_end(lot: str, now_is: str, how: str, reason: str, *, late: bool, submitted: bool = False) -> None:
    """Refuse an end that cannot be: unknown, without a reason, a second one, or on the wrong side of the deadline.

    Args:
        now_is: how the lot has ended so far, empty while it is open.
        late: whether the deadline is over.
        submitted: whether its bid was handed over, also while the run of the tender goes on.

    A bid that was not handed over by the deadline counts as withdrawn (《电子招标投标办法》 art. 27).

    Raises:
        CannotEnd: with what is expected.
    """
    if how not in HOWS:
        raise CannotEnd(
            "end of lot {lot}: found {how}, expected one of {hows}; next: tender end --help",
            lot=lot,
            how=how,
            hows=", ".join(HOWS),
        )
    if not reason.strip():
        raise CannotEnd("end of lot {lot}: {how} without a reason, expected one; next: add --reason", lot=lot, how=how)
    if now_is in _FOR_GOOD:
        raise CannotEnd("lot {lot}: it has ended already ({how}); next: tender log", lot=lot, how=now_is)
    submitted = submitted or now_is == "submitted"
    if how == "withdrawn" and late and submitted:
        raise CannotEnd(
            "lot {lot}: withdrawn after the deadline, expected before it (《招标投标法实施条例》 art. 35); "
            "next: record it as revoked, the bond may be lost",
            lot=lot,
        )
    if how == "revoked" and not (late and submitted):
        raise CannotEnd(
            "lot {lot}: revoked, expected that only of a bid submitted and after the deadline "
            "(《招标投标法实施条例》 art. 35); next: record it as withdrawn",
            lot=lot,
        )


def require_postponed(lot: str, now_is: str) -> None:
    """Refuse to resume a lot that is not postponed.

    Raises:
        CannotEnd: with how it stands.
    """
    if now_is != "postponed":
        raise CannotEnd(
            "lot {lot}: {how}, expected a postponed one to resume; next: tender stages", lot=lot, how=now_is or "open"
        )

"""What a register says in sum: overdue, open without result, answered on time. All derived (SJE/ZY/GK-02 art. 2.5)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction


@dataclass(frozen=True)
class Row:
    """One number of a register with what became of it; the rest is empty where the reader may not open the matter.

    Attributes:
        entry: what was registered: `in`, `out`, `receipt`, `feedback`, `bid`.
        matter: id of the notice's ledger, or of the tender.
        on_time: None while it is open, and for a cancelled one.
        cancelled: reason, or "".
    """

    number: str
    at: datetime
    kind: str
    entry: str
    matter: str
    due: datetime | None = None
    customer: str = ""
    project: str = ""
    undertaker: str = ""
    stage: str = ""
    result: str = ""
    completed: datetime | None = None
    on_time: bool | None = None
    is_overdue: bool = False
    is_over: bool = False
    cancelled: str = ""
    is_seen: bool = True

    @property
    def lacks_result(self) -> bool:
        """Tell whether it is open without a result."""
        return self.is_seen and not self.is_over and not self.result


@dataclass(frozen=True)
class Rate:
    """How many of those that can be judged were answered on time; open ones that are not due yet are left out."""

    on_time: int
    judged: int

    @property
    def share(self) -> Fraction | None:
        """The rate, or None when nothing can be judged."""
        return Fraction(self.on_time, self.judged) if self.judged else None

    @property
    def text(self) -> str:
        """The rate with its numbers: `66.7% (2/3)`."""
        return f"{float(self.share):.1%} ({self.on_time}/{self.judged})" if self.share is not None else "- (0/0)"


def rate(rows: Iterable[Row]) -> Rate:
    """Return the on-time rate of a register, each matter once."""
    judged = {row.matter: row.on_time for row in rows if row.on_time is not None}
    return Rate(sum(judged.values()), len(judged))

"""How the lots of a tender ended, and the sealed record of its opening."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from flows.steps.mistake import InvalidTender, Mistake
from flows.steps.opening.archive_rows import ArchiveRows, to_archive_rows
from flows.steps.opening.record import OpeningRecord, read_opening
from flows.steps.opening.sheet import OpeningError, Quarantined, Source, name_of, read_rows, stated_unit
from flows.steps.opening.values import CellReader
from flows.steps.raw_values import read_yaml
from flows.steps.score import ScoreError, drawn_parameters
from flows.steps.score_check import check_scores
from flows.steps.tender import Tender
from storage.prices.companies import name_key

__all__ = [
    "ArchiveRows",
    "DoubtfulRows",
    "LotOutcome",
    "OpeningError",
    "OpeningRecord",
    "OutcomeRecord",
    "Quarantined",
    "read_opening",
    "read_outcome",
    "read_recorded",
    "sealed",
    "to_archive_rows",
]

HEADERS = {
    "lot": ("标段", "标段号", "包号", "包"),
    "result": ("结果", "中标结果", "评标结果"),
    "winner": ("中标人", "中标单位", "成交供应商"),
    "winning_price": ("中标价", "中标金额", "成交金额"),
    "unit": ("单位", "金额单位"),
    "candidates": ("中标候选人", "候选人"),
    "reasons": ("原因", "原因分析"),
    "lessons": ("经验教训", "改进措施"),
    "drawn": ("抽取参数", "抽取系数"),
    "source": ("来源", "数据来源"),
}
RESULTS = {
    **dict.fromkeys(("won", "中标", "成交"), "won"),
    **dict.fromkeys(("lost", "未中标", "落标"), "lost"),
    **dict.fromkeys(("rejected", "否决", "被否决", "废标"), "rejected"),
    **dict.fromkeys(("failed", "流标", "招标失败"), "failed"),
    **dict.fromkeys(("terminated", "终止", "终止招标"), "terminated"),
}
_WITHOUT_WINNER = ("failed", "terminated")


class DoubtfulRows(OpeningError):
    """Rows that stay out only on a person's word; `rows` has what is found, for that person's eyes."""

    def __init__(self, rows: tuple[Quarantined, ...]) -> None:
        first = rows[0]
        super().__init__(
            "opening record: {count} doubtful cells, first in {sheet} row {row}, column {column}: {reason}; "
            "next: correct them, or say that these rows stay out (--leave-out-doubtful)",
            count=len(rows),
            sheet=first.sheet or "-",
            row=first.row,
            column=first.column,
            reason=first.reason,
        )
        self.rows = rows


@dataclass(frozen=True, kw_only=True)
class LotOutcome:
    """How one lot ended, seen from our side; `winning_price` is in the tender's currency."""

    lot: str
    result: str
    winner: str = ""
    winning_price: Decimal | None = None
    candidates: tuple[str, ...] = ()
    reasons: str = ""
    lessons: str = ""
    drawn: str = ""
    source: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the outcome as a JSON value, money as text."""
        price = None if self.winning_price is None else f"{self.winning_price:f}"
        return {**asdict(self), "candidates": list(self.candidates), "winning_price": price}


@dataclass(frozen=True)
class OutcomeRecord:
    """The lots' outcomes that passed, and what keeps the others out."""

    outcomes: tuple[LotOutcome, ...]
    quarantined: tuple[Quarantined, ...]


def read_outcome(
    source: Source, tender: Tender, opening: OpeningRecord | None = None, *, default_unit: str = ""
) -> OutcomeRecord:
    """Return how each lot ended.

    Args:
        source: an .xlsx, .csv or .yaml path, a (name, content) pair, or typed rows with the keys of `LotOutcome`.
        opening: the opening record, whose bidders the winners must be among.
        default_unit: the unit of amounts where none is stated.

    Raises:
        OpeningError: no table in it.
    """
    if isinstance(source, Path) and source.suffix in (".yaml", ".yml"):
        source = _of_yaml(source)
    outcomes: dict[str, LotOutcome] = {}
    quarantined: list[Quarantined] = []
    unit = default_unit or stated_unit(source, tender.money.currency)
    for row in read_rows(source, HEADERS):
        reader = CellReader(row)
        outcome = _outcome(reader, tender, unit, name_of(source))
        _doubt_outcome(reader, outcome, tender, opening)
        if outcome.lot in outcomes:
            reader.doubt("lot", "a row that stands twice", outcome.lot, "one outcome per lot")
        quarantined += reader.doubts
        if not reader.doubts:
            outcomes[outcome.lot] = outcome
    return OutcomeRecord(tuple(outcomes.values()), tuple(quarantined))


def _of_yaml(path: Path) -> list[Mapping[str, object]]:
    raw = read_yaml(path.read_text(encoding="utf-8"), path.name)
    if raw.mistakes:
        raise InvalidTender(raw.mistakes)
    entries = raw.data if isinstance(raw.data, list) else [raw.data]
    if not all(isinstance(entry, Mapping) for entry in entries):
        raise InvalidTender(
            [Mistake(path.name, "line 1, column 1", "no list of outcomes", "a list, one entry per lot")]
        )
    return entries


def _outcome(reader: CellReader, tender: Tender, unit: str, source: str) -> LotOutcome:
    text = reader.row.text("lot") or (tender.lots[0].id if len(tender.lots) == 1 else "")
    lot = next((lot.id for lot in tender.lots if text in (lot.id, lot.name)), "")
    if not lot:
        reader.doubt("lot", "an unknown lot", text, ", ".join(lot.id for lot in tender.lots))
    if not reader.text("result"):
        reader.doubt("result", "nothing there", "", ", ".join(sorted(set(RESULTS.values()))))
    names = re.split("[;；、]", reader.text("candidates"))
    return LotOutcome(
        lot=lot,
        result=reader.choice("result", RESULTS, "lost"),
        winner=reader.text("winner"),
        winning_price=reader.amount("winning_price", unit),
        candidates=tuple(name.strip() for name in names if name.strip()),
        reasons=reader.text("reasons"),
        lessons=reader.text("lessons"),
        drawn=_drawn(reader),
        source=reader.text("source") or source,
    )


def _drawn(reader: CellReader) -> str:
    text = reader.text("drawn")
    try:
        drawn_parameters(text)
    except ScoreError:
        reader.doubt("drawn", "no parameters of a score formula", text, "drop=0.03; e1=1")
    return text


def _doubt_outcome(reader: CellReader, outcome: LotOutcome, tender: Tender, opening: OpeningRecord | None) -> None:
    own = name_key(outcome.winner) == name_key(tender.bidder.name)
    if outcome.result in _WITHOUT_WINNER and outcome.winner:
        reader.doubt("winner", "a winner of a lot without one", outcome.winner, "nothing")
    elif outcome.result == "won" and not own:
        reader.doubt("winner", "won, but by another", outcome.winner, tender.bidder.name)
    elif outcome.result in ("lost", "rejected") and own:
        reader.doubt("winner", "not won, but by us", outcome.winner, "another bidder")
    if outcome.winning_price is not None and outcome.winning_price <= 0:
        reader.doubt("winning_price", "a price of 0 or less", f"{outcome.winning_price}", "a price above 0")
    if opening and outcome.winner:
        valid = {name_key(bid.bidder) for bid in opening.rows if bid.lot == outcome.lot and bid.status == "valid"}
        if name_key(outcome.winner) not in valid:
            reader.doubt("winner", "no valid bidder of the lot", outcome.winner, "a name of the opening record")


def read_recorded(
    record: Path,
    outcomes: Path,
    tender: Tender,
    *,
    read_by: str,
    leave_out: bool = False,
    correction: str = "",
    rates: Mapping[str, Decimal] | None = None,
) -> dict[str, Any]:
    """Return both files of an opening as the value to seal; see `read_opening`, `read_outcome` and `sealed`."""
    opening = read_opening(record, tender, rates=rates)
    outcome = read_outcome(outcomes, tender, opening)
    read_at = datetime.now(UTC)
    value = sealed(opening, outcome, read_by=read_by, read_at=read_at, leave_out=leave_out, correction=correction)
    scores, unscored = check_scores(tender, opening.rows, {entry.lot: entry.drawn for entry in outcome.outcomes})
    return {**value, "scores": [row.to_json() for row in scores], "unscored": unscored}


def sealed(
    opening: OpeningRecord,
    outcome: OutcomeRecord,
    *,
    read_by: str,
    read_at: datetime,
    leave_out: bool = False,
    correction: str = "",
) -> dict[str, Any]:
    """Return opening record and outcome as the JSON value that is sealed as `opening/<lot>`.

    Args:
        read_by: who read it; read_at: when, aware.
        leave_out: the person's word that doubtful rows stay out and the rest goes on.
        correction: why rows that are archived already are corrected; sealed too, because it may speak of prices.

    Raises:
        DoubtfulRows: without that word.
    """
    doubtful = (*opening.quarantined, *outcome.quarantined)
    if doubtful and not leave_out:
        raise DoubtfulRows(doubtful)
    return {
        "v": 1,
        "tender": opening.tender,
        "read_by": read_by,
        "read_at": read_at.isoformat(),
        "correction": correction,
        "bids": [bid.to_json() for bid in opening.rows],
        "outcomes": [entry.to_json() for entry in outcome.outcomes],
        "left_out": [found.to_json() for found in doubtful],
    }

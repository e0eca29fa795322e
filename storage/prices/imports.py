"""Outside price data: any CSV becomes bids and outcomes by a small TOML map; rows that do not fit are set aside.

The map's values are texts with `{column}` blanks, filled from each row:

    source = "…"                       # where the data comes from
    currency = "JPY"
    doubled = "refuse"                 # or "round": number a bidder's further rows as price rounds, in file order
    [fields]                           # of a bid; tender, bidder and opened_on are needed
    tender = "city-{pid}"
    opened_on = "{year}-{month}-{day}"
    bidder = "{bidder}"
    price = "{bid}"
    won = "{winner}"                   # 1, true, yes, 是
    [rejected]                         # optional: which rows are rejected bids
    column = "result"
    values = ["4"]
    reason = "{details}"
    [category]                         # optional: the columns that hold 1 name the category
    flags = ["water", "road"]
"""

import csv
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from storage.prices.import_doubts import across
from storage.prices.place import ArchiveError
from storage.prices.schema import BidRow, OutcomeRow
from storage.prices.tables import ArchiveResult, PriceArchive

_TEXTS = ("tender", "lot", "title", "buyer", "category", "bidder", "credit_code", "delivery", "remark")
_AMOUNTS = ("price", "corrected_price", "evaluated_price", "ceiling", "non_competitive", "floor_price")
_NEEDED = ("tender", "bidder", "opened_on")
_TRUE = frozenset({"1", "1.0", "true", "yes", "y", "是", "中标"})


@dataclass(frozen=True)
class LeftOut:
    """A row that does not fit: its line in the file, the field, what is there, why not."""

    row: int
    field: str
    found: str
    reason: str


@dataclass(frozen=True)
class Imported:
    """The rows that fit, and those that do not."""

    bids: tuple[BidRow, ...]
    outcomes: tuple[OutcomeRow, ...]
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True)
class ImportMap:
    """A parsed map; see the module's text."""

    source: str
    currency: str
    fields: Mapping[str, str]
    doubled: str = "refuse"
    tax_basis: str = "gross"
    rejected: Mapping[str, Any] = field(default_factory=dict)
    flags: tuple[str, ...] = ()


class _Misfit(Exception):
    def __init__(self, name: str, found: str, reason: str) -> None:
        super().__init__(reason)
        self.name, self.found, self.reason = name, found, reason


def read_map(path: Path) -> ImportMap:
    """Return the map in a TOML file.

    Raises:
        ArchiveError: no TOML, or a field that is unknown or missing.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ArchiveError("import map {file}: {detail}", file=path.name, detail=str(error)) from error
    fields = values.get("fields", {})
    unknown = sorted(set(fields) - {*_TEXTS, *_AMOUNTS, "opened_on", "won", "rank", "round"})
    missing = [name for name in _NEEDED if name not in fields]
    missing += [name for name in ("source", "currency") if not values.get(name)]
    if unknown or missing:
        raise ArchiveError(
            "import map {file}: unknown {unknown}, missing {missing}; next: see docs/price-lab.md",
            file=path.name,
            unknown=", ".join(unknown) or "-",
            missing=", ".join(missing) or "-",
        )
    flags = tuple(values.get("category", {}).get("flags", ()))
    plain = {name: values[name] for name in ("doubled", "tax_basis") if name in values}
    return ImportMap(
        values["source"], values["currency"], fields, rejected=values.get("rejected", {}), flags=flags, **plain
    )


def read_csv(path: Path, mapped: ImportMap) -> Imported:
    """Return the bids and outcomes of a CSV file (UTF-8)."""
    rows: list[tuple[int, BidRow]] = []
    left_out: list[LeftOut] = []
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        for row in reader:
            try:
                rows.append((reader.line_num, _bid(row, mapped)))
            except _Misfit as misfit:
                left_out.append(LeftOut(reader.line_num, misfit.name, misfit.found, misfit.reason))
    if mapped.doubled == "round":
        rows = [(number, bid) for (number, _), bid in zip(rows, _numbered(bid for _, bid in rows), strict=True)]
    doubts = across(rows)
    out = {doubt[0] for doubt in doubts}
    bids = tuple(bid for number, bid in rows if number not in out)
    left_out += [LeftOut(*doubt) for doubt in doubts]
    return Imported(bids, tuple(_outcomes(bids)), tuple(sorted(left_out, key=lambda found: found.row)))


def import_csv(
    archive: PriceArchive, imported: Imported, *, leave_out: bool, reason: str | None = None
) -> ArchiveResult:
    """Archive what was read, all tenders in one commit per table.

    Raises:
        ArchiveError: rows that do not fit, unless the person says that they stay out.
    """
    if imported.left_out and not leave_out:
        first = imported.left_out[0]
        raise ArchiveError(
            "import: {count} rows do not fit, first row {row}, {field}: {reason}; next: correct or leave them out",
            count=len(imported.left_out),
            row=first.row,
            field=first.field,
            reason=first.reason,
        )
    tenders = {row.tender for row in imported.bids}
    return archive.replace_tenders(tenders, imported.bids, [], imported.outcomes, reason=reason)


def _bid(row: Mapping[str, str], mapped: ImportMap) -> BidRow:
    values: dict[str, Any] = {name: _filled(mapped.fields[name], row, name) for name in mapped.fields}
    for name in _NEEDED:
        if not values[name]:
            raise _Misfit(name, "", "nothing there")
    amounts: dict[str, Any] = {name: _amount(name, values[name]) for name in _AMOUNTS if values.get(name)}
    for name, amount in amounts.items():
        if amount <= 0:
            raise _Misfit(name, str(amount), "a price of 0 or less")
    rejected = bool(mapped.rejected) and row.get(mapped.rejected["column"], "") in mapped.rejected["values"]
    return BidRow(
        **{name: values[name] for name in _TEXTS if name in values and name not in ("category", "lot")},
        **amounts,
        lot=values.get("lot") or "1",
        category=values.get("category") or "+".join(flag for flag in mapped.flags if row.get(flag) in _TRUE),
        opened_on=_day(values["opened_on"]),
        currency=mapped.currency,
        tender_currency=mapped.currency,
        tax_basis=mapped.tax_basis,
        source=mapped.source,
        read_by="import",
        read_at=datetime.now(UTC),
        won=values.get("won", "").lower() in _TRUE,
        rank=int(values["rank"]) if values.get("rank", "").isdigit() else None,
        round=int(values["round"]) if values.get("round", "").isdigit() else 1,
        status="rejected" if rejected or "price" not in amounts else "valid",
        reject_reason=_filled(mapped.rejected.get("reason", ""), row, "reason") if rejected else "",
    )


def _filled(template: str, row: Mapping[str, str], name: str) -> str:
    def column(blank: re.Match[str]) -> str:
        if blank[1] not in row:
            raise _Misfit(name, blank[1], "no such column")
        return (row[blank[1]] or "").strip()

    return re.sub(r"\{(\w+)\}", column, template).strip()


def _amount(name: str, text: str) -> Decimal:
    try:
        value = Decimal(text.replace(",", ""))
    except InvalidOperation:
        raise _Misfit(name, text, "text in a number") from None
    rounded = value.quantize(Decimal("0.01")) if value.is_finite() and abs(value) < Decimal(10) ** 16 else None
    if rounded != value:
        raise _Misfit(name, text, "not an amount below 10^16 with two decimals")
    return value


def _day(text: str) -> date:
    parts = re.fullmatch(r"(\d{4})\D?(\d{1,2})\D?(\d{1,2})", text)
    try:
        if parts:
            return date(int(parts[1]), int(parts[2]), int(parts[3]))
    except ValueError:
        parts = None
    raise _Misfit("opened_on", text, "no date")


def _numbered(bids: Iterable[BidRow]) -> Iterator[BidRow]:
    seen: dict[tuple[str, str, str, str], int] = defaultdict(int)
    for bid in bids:
        key = (bid.tender, bid.lot, bid.bidder, bid.credit_code)
        seen[key] += 1
        yield replace(bid, round=seen[key])


def _outcomes(bids: Iterable[BidRow]) -> Iterator[OutcomeRow]:
    """Derive each lot's outcome from its bids: the winner, or failed where none won."""
    lots: dict[tuple[str, str], list[BidRow]] = defaultdict(list)
    for bid in bids:
        lots[bid.tender, bid.lot].append(bid)
    for (tender, lot), of_lot in lots.items():
        first, won = of_lot[0], next((bid for bid in of_lot if bid.won), None)
        common = {
            name: getattr(first, name) for name in ("title", "buyer", "category", "tax_basis", "ceiling", "source")
        }
        yield OutcomeRow(
            **common,
            tender=tender,
            lot=lot,
            opened_on=first.opened_on,
            currency=first.tender_currency,
            read_by=first.read_by,
            read_at=first.read_at,
            result="observed" if won else "failed",
            winner=won.bidder if won else "",
            winning_price=won.price if won else None,
            bidders=len({bid.bidder for bid in of_lot}),
        )

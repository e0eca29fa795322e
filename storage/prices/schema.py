"""The rows of the price archive and their column types; each column is declared once, here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from typing import Annotated, Any, get_type_hints

import pyarrow as pa

MONEY = pa.decimal128(18, 2)
UNIT_PRICE = pa.decimal128(18, 6)
RATIO = pa.decimal128(9, 6)
SCORE = pa.decimal128(9, 4)
MOMENT = pa.timestamp("us", tz="UTC")
TEXT = pa.string()

Text = Annotated[str, TEXT]
Day = Annotated[date, pa.date32()]
Moment = Annotated[datetime | None, MOMENT]
Flag = Annotated[bool, pa.bool_()]
Count = Annotated[int, pa.int16()]
MaybeCount = Annotated[int | None, pa.int16()]
Money = Annotated[Decimal | None, MONEY]
UnitPrice = Annotated[Decimal | None, UNIT_PRICE]
Ratio = Annotated[Decimal | None, RATIO]
Score = Annotated[Decimal | None, SCORE]


@dataclass(frozen=True, kw_only=True)
class _Row:
    """What every row of the archive says: which tender and lot, when it was opened, and who read it where."""

    tender: Text
    lot: Text
    opened_on: Day
    title: Text = ""
    buyer: Text = ""
    category: Text = ""
    currency: Text
    tax_basis: Text = "gross"
    source: Text
    read_by: Text = ""
    read_at: Moment = None


@dataclass(frozen=True, kw_only=True)
class BidRow(_Row):
    """One bidder's offer for one lot in one price round.

    `price` (as read out) and `corrected_price` (after arithmetical correction) are in `currency`, whole units (元);
    `evaluated_price` (after deduction and loading), `ceiling` with its `non_competitive` part (暂列金额, 暂估价) and
    `floor_price` are in `tender_currency`, of which one unit of `currency` is worth `rate`. `tax_basis` is `gross` or
    `net`. `price` is None where a bid was withdrawn or not read out.
    """

    bidder: Text
    credit_code: Text = ""
    own: Flag = False
    round: Count = 1
    tender_currency: Text = ""
    rate: UnitPrice = Decimal(1)
    price: Money = None
    corrected_price: Money = None
    evaluated_price: Money = None
    tax_rate: Ratio = None
    ceiling: Money = None
    non_competitive: Money = None
    floor_price: Money = None
    status: Text = "valid"
    reject_reason: Text = ""
    won: Flag = False
    rank: MaybeCount = None
    price_score: Score = None
    technical_score: Score = None
    commercial_score: Score = None
    total_score: Score = None
    formula: Text = ""
    parameters: Text = ""
    delivery: Text = ""
    remark: Text = ""


@dataclass(frozen=True, kw_only=True)
class LineRow(_Row):
    """One item of one bidder's price schedule."""

    bidder: Text
    credit_code: Text = ""
    own: Flag = False
    round: Count = 1
    no: Text
    name: Text
    model: Text = ""
    unit: Text = ""
    quantity: UnitPrice = None
    unit_price: UnitPrice = None
    total: Money = None
    ceiling: UnitPrice = None
    remark: Text = ""


@dataclass(frozen=True, kw_only=True)
class OutcomeRow(_Row):
    """What became of one lot: `won`, `lost`, `rejected`, `failed` or `terminated`, seen from our side.

    `candidates` are the ranked names (中标候选人), joined by `; `; a lot that we did not bid for is `observed`.
    """

    result: Text
    winner: Text = ""
    winning_price: Money = None
    ceiling: Money = None
    candidates: Text = ""
    reasons: Text = ""
    lessons: Text = ""
    bidders: MaybeCount = None
    formula: Text = ""
    parameters: Text = ""


Row = BidRow | LineRow | OutcomeRow
KINDS: dict[str, type[BidRow] | type[LineRow] | type[OutcomeRow]] = {
    "bids": BidRow,
    "bid_lines": LineRow,
    "outcomes": OutcomeRow,
}
DISCOUNTS = ("discount", "competitive_discount")
TENDER_PRICE = "tender_price"


@dataclass(frozen=True)
class Column:
    """A declared column: its name, Arrow type, and whether it may be empty."""

    name: str
    kind: pa.DataType
    nullable: bool


def _declared(row: type[Row]) -> tuple[Column, ...]:
    hints = get_type_hints(row, include_extras=True)
    return tuple(
        Column(n, h.__metadata__[0], type(None) in getattr(h.__origin__, "__args__", ())) for n, h in hints.items()
    )


_COLUMNS = {table: _declared(row) for table, row in KINDS.items()}


def columns(table: str) -> tuple[Column, ...]:
    """Return the declared columns of a table's row, in order."""
    return _COLUMNS[table]


def schema(table: str) -> pa.Schema:
    """Return the Arrow schema of a table: the row's columns, what is derived from them, and what the archive adds."""
    declared = [pa.field(c.name, c.kind, c.nullable) for c in columns(table)]
    derived = [pa.field("company", TEXT, True), pa.field("year", pa.int32(), True)]
    if table == "bids":
        derived += [pa.field(TENDER_PRICE, MONEY), *(pa.field(name, RATIO) for name in DISCOUNTS)]
    kept = [pa.field("revision", pa.int32()), pa.field("archived_at", MOMENT), pa.field("corrected_reason", TEXT)]
    return pa.schema(declared + derived + kept)


def tender_price(row: BidRow) -> Decimal | None:
    """Return the opened price in the tender's currency, to its hundredth; None without a price or a rate."""
    if row.price is None or row.rate is None:
        return None
    return (row.price * row.rate).quantize(Decimal("0.01"), ROUND_HALF_UP)


def discounts(row: BidRow) -> tuple[Decimal | None, Decimal | None]:
    """Return the discount from the ceiling (下浮率) as a fraction, whole and without the non-competitive part.

    Both are None without a price or a ceiling; the second equals the first where nothing is non-competitive.
    """
    price = tender_price(row)
    if price is None or not row.ceiling:
        return None, None
    fixed = row.non_competitive or Decimal(0)
    rest = row.ceiling - fixed
    return _discount(price, row.ceiling), _discount(price - fixed, rest) if rest > 0 else None


def _discount(price: Decimal, ceiling: Decimal) -> Decimal | None:
    value = (1 - price / ceiling).quantize(Decimal("0.000001"), ROUND_HALF_EVEN)
    return value if abs(value) < 1000 else None


def arrow_columns(table: str, rows: Sequence[Row]) -> dict[str, pa.Array]:
    """Return the declared columns of `rows` as Arrow arrays.

    Raises:
        pyarrow.ArrowInvalid: a Decimal has more digits or places than its column holds.
        TypeError: money that is not a Decimal.
    """
    return {c.name: pa.array([_exact(getattr(row, c.name), c) for row in rows], c.kind) for c in columns(table)}


def _exact(value: Any, column: Column) -> Any:
    """Drop zeros behind the column's last place, which Arrow would not; any other digit too many it refuses itself."""
    if value is None or not pa.types.is_decimal(column.kind):
        return value
    if not isinstance(value, Decimal):
        raise TypeError(f"{column.name} is not a Decimal")
    rounded = value.quantize(Decimal(1).scaleb(-column.kind.scale))
    return rounded if rounded == value else value

"""The opening record of a tender: who offered what for which lot, row by row, with the doubtful rows set aside."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from flows.steps.opening import doubts
from flows.steps.opening.sheet import OpeningError, Quarantined, SheetRow, Source, name_of, read_rows, stated_unit
from flows.steps.opening.values import CellReader
from flows.steps.tender import Tender
from storage.prices.companies import is_credit_code, name_key

HEADERS = {
    "lot": ("标段", "标段号", "包号", "包", "分包号", "分标"),
    "bidder": ("投标人", "投标人名称", "投标单位", "投标单位名称", "供应商", "供应商名称", "company"),
    "price": ("投标报价", "报价", "投标价", "投标总价", "总价", "开标价", "bid price"),
    "credit_code": ("统一社会信用代码", "信用代码", "社会信用代码"),
    "round": ("轮次", "报价轮次"),
    "currency": ("币种", "货币"),
    "unit": ("单位", "金额单位", "报价单位"),
    "corrected_price": ("修正价", "算术修正价", "修正后报价"),
    "evaluated_price": ("评标价", "评审价", "经评审的投标价"),
    "delivery": ("交货期", "工期", "交付期"),
    "rank": ("排名", "名次", "排序"),
    "price_score": ("价格分", "报价得分", "价格得分"),
    "technical_score": ("技术分", "技术得分"),
    "commercial_score": ("商务分", "商务得分"),
    "total_score": ("总分", "综合得分", "总得分"),
    "status": ("状态", "评审状态", "是否有效"),
    "reason": ("否决原因", "废标原因", "无效原因"),
    "opened_on": ("开标日期", "开标时间", "opening date"),
    "number": ("招标编号", "项目编号", "tender number"),
    "remark": ("备注", "说明"),
    "source": ("来源", "数据来源"),
}
STATUSES = {
    **dict.fromkeys(("valid", "有效", "有效投标", "合格", "是", "通过"), "valid"),
    **dict.fromkeys(
        ("rejected", "否决", "否决投标", "无效", "无效投标", "废标", "不合格", "否", "撤回", "withdrawn"), "rejected"
    ),
}


@dataclass(frozen=True, kw_only=True)
class OpenedBid:
    """One bid as read out: amounts in `currency`, but `evaluated_price` in the tender's, worth `rate` of it."""

    sheet: str
    row: int
    lot: str
    bidder: str
    opened_on: date
    currency: str
    source: str
    credit_code: str = ""
    own: bool = False
    round: int = 1
    price: Decimal | None = None
    corrected_price: Decimal | None = None
    evaluated_price: Decimal | None = None
    rate: Decimal = Decimal(1)
    delivery: str = ""
    rank: int | None = None
    price_score: Decimal | None = None
    technical_score: Decimal | None = None
    commercial_score: Decimal | None = None
    total_score: Decimal | None = None
    status: str = "valid"
    reason: str = ""
    remark: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the bid as a JSON value, money and dates as text."""
        return {name: _json(value) for name, value in asdict(self).items() if value not in ("", None)}


def _json(value: Any) -> Any:
    return f"{value:f}" if isinstance(value, Decimal) else value.isoformat() if isinstance(value, date) else value


@dataclass(frozen=True)
class OpeningRecord:
    """The rows that passed, in the order read, and what keeps the others out."""

    tender: str
    rows: tuple[OpenedBid, ...]
    quarantined: tuple[Quarantined, ...]


def read_opening(
    source: Source, tender: Tender, *, rates: Mapping[str, Decimal] | None = None, default_unit: str = ""
) -> OpeningRecord:
    """Return the opening record of `tender`.

    Args:
        source: an .xlsx or .csv path, a (name, content) pair, or typed rows.
        rates: what one unit of a foreign currency is worth in the tender's currency.
        default_unit: the unit (`元`, `万元`) where neither cell, column nor header states one; typed rows are in 元.

    Raises:
        OpeningError: no table in it, or the record is another tender's.
    """
    known = {tender.money.currency: Decimal(1), **(rates or {})}
    rows = read_rows(source, HEADERS)
    _refuse_another_tenders(rows, tender)
    bids, quarantined = [], []
    for row in rows:
        reader = CellReader(row)
        bid = _bid(reader, tender, known, default_unit, source)
        quarantined += reader.doubts
        if not reader.doubts:
            bids.append(bid)
    across = doubts.across(bids, tender)
    out = {(found.sheet, found.row) for found in across}
    kept = tuple(bid for bid in bids if (bid.sheet, bid.row) not in out)
    return OpeningRecord(tender.tender, kept, (*quarantined, *across))


def _refuse_another_tenders(rows: list[SheetRow], tender: Tender) -> None:
    """Refuse a record in which no row can belong to the tender, by its number or by its lots."""
    numbers = {row.text("number") for row in rows} - {""}
    if numbers and not numbers & {tender.number, tender.tender}:
        raise OpeningError(
            "opening record: found tender {found}, expected {expected} (SJE/ZY/GK-02 art. 3.5); "
            "next: the clerk chooses the record of this one",
            found=min(numbers),
            expected=tender.number,
        )
    lots = {row.text("lot") for row in rows} - {""}
    if lots and not lots & {name for lot in tender.lots for name in (lot.id, lot.name)}:
        raise OpeningError(
            "opening record: found lot {found}, expected one of {expected}; next: choose the record of this tender",
            found=min(lots),
            expected=", ".join(lot.id for lot in tender.lots),
        )


def _bid(
    reader: CellReader, tender: Tender, rates: Mapping[str, Decimal], default_unit: str, source: Source
) -> OpenedBid:
    currency = reader.currency("currency", tender.money.currency)
    if currency not in rates:
        reader.doubt("currency", "a currency without rate", currency, f"--rate {currency}=…")
    unit = default_unit or stated_unit(source, currency)
    bid = OpenedBid(
        sheet=reader.row.sheet,
        row=reader.row.number,
        lot=_lot(reader, tender),
        bidder=reader.text("bidder", required=True),
        credit_code=reader.row.text("credit_code").upper(),
        opened_on=_opened_on(reader, tender),
        currency=currency,
        rate=rates.get(currency, Decimal(1)),
        round=reader.whole("round") or 1,
        price=reader.amount("price", unit),
        corrected_price=reader.amount("corrected_price", unit),
        evaluated_price=reader.amount("evaluated_price", unit),
        delivery=reader.text("delivery"),
        rank=reader.whole("rank"),
        price_score=reader.number("price_score"),
        technical_score=reader.number("technical_score"),
        commercial_score=reader.number("commercial_score"),
        total_score=reader.number("total_score"),
        status=reader.choice("status", STATUSES, "rejected" if reader.row.text("reason") else "valid"),
        reason=reader.text("reason"),
        remark=reader.text("remark"),
        source=reader.text("source") or name_of(source),
    )
    _doubt_values(reader, bid, tender)
    return replace(bid, own=_is_own(bid, tender))


def _lot(reader: CellReader, tender: Tender) -> str:
    """Return the lot's id; the only lot where none is named, else the lot that the sheet is named for."""
    text = reader.row.text("lot")
    for lot in tender.lots:
        if text in (lot.id, lot.name) or (not text and reader.row.sheet in (lot.id, lot.name)):
            return lot.id
    if not text and len(tender.lots) == 1:
        return tender.lots[0].id
    reader.doubt("lot", "an unknown lot", text, ", ".join(lot.id for lot in tender.lots))
    return text


def _opened_on(reader: CellReader, tender: Tender) -> date:
    deadline = tender.deadline.date()
    opened = reader.day("opened_on") or deadline
    if opened < tender.issued:
        reader.doubt("opened_on", "a date before the tender", opened.isoformat(), f"≥ {tender.issued.isoformat()}")
    elif opened < deadline:
        reader.doubt("opened_on", "a date before the deadline", opened.isoformat(), f"≥ {deadline.isoformat()}")
    return opened


def _doubt_values(reader: CellReader, bid: OpenedBid, tender: Tender) -> None:
    """Doubt what one row alone can show to be wrong."""
    number = reader.row.text("number")
    if number and number not in (tender.number, tender.tender):
        reader.doubt("number", "another tender's row", number, tender.number)
    if bid.credit_code and not is_credit_code(bid.credit_code):
        reader.doubt("credit_code", "no credit code", bid.credit_code, "18 characters, check digit by GB 32100")
    if not reader.row.text("price"):
        if bid.status == "valid":
            reader.doubt("price", "nothing there", "", "a price, or the status rejected")
    elif bid.price is not None and bid.price <= 0:
        reader.doubt("price", "a price of 0 or less", f"{bid.price}", "a price above 0")


def _is_own(bid: OpenedBid, tender: Tender) -> bool:
    if bid.credit_code:
        return bid.credit_code == tender.bidder.credit_code
    return name_key(bid.bidder) == name_key(tender.bidder.name)

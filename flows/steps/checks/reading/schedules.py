"""Price schedules: tables with a unit price or line total column, as lines and sum rows in the currency's main unit."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from flows.steps.checks.reading.amounts import figures_in, header_factor, plain_number
from flows.steps.checks.reading.document import Cell, Document, Paragraph, Table
from flows.steps.checks.reading.labels import at
from flows.steps.checks.reading.text import narrow, squeeze

_COLUMNS = {
    "no": r"序号|项号|编号|line|no\.?|item(?:no\.?)?|lineitem.*|s/?n",
    "unit_price": r".*单价.*|unitprice.*|.*priceperunit.*|unitrate",
    "total": r".*(?:合价|总价|合计|小计|金额).*|total.*|amount.*|lineprice.*|.*total(?:price)?(?:perlineitem)?.*",
    "quantity": r"数量.*|qty.*|quantity.*",
    "unit": r"(?:计量)?单位|unit|uom|physicalunit",
    "model": r".*(?:型号|规格).*|model.*|type",
    "name": r".*(?:名称|货物|设备|项目|内容).*|name.*|description.*|goods.*|item.*description",
    "remark": r"备注|remarks?|notes?",
}
_COMPILED = {field: re.compile(pattern, re.IGNORECASE) for field, pattern in _COLUMNS.items()}
_SUM = re.compile(r"合计|总计|小计|总价|总报价|投标报价|total|sum|subtotal", re.IGNORECASE)
_NET = re.compile(r"不含(?:增值)?税|未税|税前|netof|net\b|exclud|before(?:vat|tax)", re.IGNORECASE)
_TAX = re.compile(r"^(?:增值税(?!.*含)|税额|税金|vat\b|tax\b|valueadded)", re.IGNORECASE)
_WORDS = re.compile(r"大写|inwords", re.IGNORECASE)


@dataclass(frozen=True)
class Line:
    """One priced line as written; a cell that holds no number is None."""

    no: str
    name: str
    model: str
    quantity: Decimal | None
    unit_price: Decimal | None
    total: Decimal | None
    place: str
    blank: tuple[str, ...] = ()


@dataclass(frozen=True)
class SumRow:
    """A sum row: `kind` is total, net or tax."""

    kind: str
    amount: Decimal
    label: str
    place: str


@dataclass(frozen=True)
class Schedule:
    """One price schedule of a document; `factor` is the unit of its headers."""

    document: str
    place: str
    part: str
    lines: tuple[Line, ...]
    sums: tuple[SumRow, ...]
    factor: int = 1
    columns: tuple[str, ...] = ()


def schedules_in(document: Document) -> Iterator[Schedule]:
    """Yield every price schedule of a document; a table split over pages with a repeated header stays one."""
    unit_above = 1
    for block in document.blocks:
        if isinstance(block, Paragraph):
            if re.search(r"(?:货币)?单位\s*[:：]|currency|unit\s*:", narrow(block.text), re.IGNORECASE):
                unit_above = header_factor(block.text)
            continue
        schedule = _schedule(block, document.name, unit_above)
        if schedule is not None:
            yield schedule


def _schedule(table: Table, name: str, factor: int) -> Schedule | None:
    found = _header(table)
    if found is None:
        return None
    start, columns = found
    factors = {f: header_factor(c.text) if header_factor(c.text) > 1 or "元" in c.text else factor
               for f, c in columns.items()}  # fmt: skip
    lines: list[Line] = []
    sums: list[SumRow] = []
    for number in range(start + 1, len(table.rows)):
        row, place = table.rows[number], table.row_place(number)
        if _is_header_again(row, columns):
            continue
        label = squeeze(" ".join(cell.text for cell in row[:2]))
        first = squeeze(row[0].text) if row else ""
        if _is_sum(row, columns, first, label):
            sums += _sum_row(row, first or label, place, factors.get("total", factor))
        else:
            line = _line(row, columns, factors, place)
            if line is not None:
                lines.append(line)
    used = max(factors.get("total", factor), factors.get("unit_price", factor))
    return Schedule(name, table.place, table.part, tuple(lines), tuple(sums), used, tuple(columns))


def _header(table: Table) -> tuple[int, dict[str, Cell]] | None:
    for number, row in enumerate(table.rows[:4]):
        columns: dict[str, Cell] = {}
        for cell in row:
            field = _field(squeeze(cell.text), columns)
            if field:
                columns[field] = cell
        if len(row) >= 3 and "unit_price" in columns and ("total" in columns or "quantity" in columns):
            return number, columns
        if len(row) >= 4 and {"total", "quantity", "name"} <= set(columns):
            return number, columns
    return None


def _field(header: str, taken: dict[str, Cell]) -> str:
    if not header or len(header) > 40:
        return ""
    return next((f for f, pattern in _COMPILED.items() if f not in taken and pattern.fullmatch(header)), "")


def _is_header_again(row: tuple[Cell, ...], columns: dict[str, Cell]) -> bool:
    return all((at(row, cell.column) or cell).text == cell.text for cell in columns.values())


def _is_sum(row: tuple[Cell, ...], columns: dict[str, Cell], first: str, label: str) -> bool:
    if _WORDS.search(label) and not any(c.isdigit() for c in first[:3]):
        return True
    wide = row[0].span > 1 or len(row) < len(columns)
    merged = bool(first) and not first[0].isdigit() and (_SUM.search(first) or _NET.search(first) or _TAX.search(first))
    return bool(merged) or (wide and bool(_SUM.search(label))) or (not first and bool(_SUM.search(label)))


def _sum_row(row: tuple[Cell, ...], label: str, place: str, factor: int) -> list[SumRow]:
    if _WORDS.search(label) and not re.search("小写", label):
        return []
    numbers = [f for cell in row[1:] for f in figures_in(cell.text, factor)[:1] if not cell.text.strip().endswith("%")]
    kind = "tax" if _TAX.search(label) else "net" if _NET.search(label) else "total"
    return [SumRow(kind, numbers[-1].value, label, place)] if numbers else []


def _line(row: tuple[Cell, ...], columns: dict[str, Cell], factors: dict[str, int], place: str) -> Line | None:
    texts = {f: cell.text.strip() for f, c in columns.items() if (cell := at(row, c.column)) is not None}
    if not any(texts.get(f) for f in ("name", "model", "no")) or not any(
        f in texts for f in ("quantity", "unit_price", "total")
    ):
        return None
    if not (texts.get("unit_price") or texts.get("total") or texts.get("quantity")):
        return None
    numbers = {f: plain_number(texts.get(f, "")) for f in ("quantity", "unit_price", "total")}
    money = {
        f: number * factors.get(f, 1) if number is not None else None
        for f, number in numbers.items()
        if f != "quantity"
    }
    blank = tuple(f for f in ("quantity", "unit_price", "total") if f in columns and not texts.get(f))
    return Line(
        texts.get("no", ""), texts.get("name", ""), texts.get("model", ""), _quantity(texts.get("quantity", "")),
        money["unit_price"], money["total"], place, blank,
    )  # fmt: skip


def _quantity(text: str) -> Decimal | None:
    """A quantity may carry its unit: 4台."""
    found = re.match(r"\s*(\d[\d,]*(?:\.\d+)?)", narrow(text))
    return Decimal(found[1].replace(",", "")) if found else None

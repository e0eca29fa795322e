"""The hand-over list: what a bid promised, held against what the contract says (SJE/ZY/GK-02, neighbouring rules)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from flows.steps.fields import plain_number
from flows.steps.mistake import InvalidTender, Mistake
from flows.steps.tender import Clause, Lot, Tender
from flows.steps.workbook import Row, open_sheets, table, write
from templates import catalogue, fill

HEADERS: Mapping[str, Sequence[str]] = {
    "no": ("序号", "no"),
    "source": ("来源", "source"),
    "promise": ("承诺内容", "promise"),
    "offered": ("投标文件", "offered"),
    "contract": ("合同", "contract"),
    "state": ("结论", "state"),
    "remark": ("说明", "remark"),
}
SAME, DIFFERS, MISSING = "same", "differs", "missing"
STATES = {"一致": SAME, "不一致": DIFFERS, "未写入": MISSING, SAME: SAME, DIFFERS: DIFFERS, MISSING: MISSING}
_SHOWN = {SAME: "一致", DIFFERS: "不一致", MISSING: "未写入"}
_WIDTHS = (6, 16, 40, 30, 30, 10, 30)


@dataclass(frozen=True)
class Promise:
    """One thing that the bid promised: where it stands there, what it is about, what was offered."""

    no: str
    source: str
    promise: str
    offered: str


@dataclass(frozen=True)
class Held:
    """A promise beside the words of the contract; `state`: same, differs, or missing in the contract."""

    promise: Promise
    contract: str
    state: str
    remark: str

    def to_json(self) -> dict[str, Any]:
        """Return the row as a JSON value."""
        return {**asdict(self.promise), "contract": self.contract, "state": self.state, "remark": self.remark}


def promises(tender: Tender, lot_id: str) -> list[Promise]:
    """Return what the bid for a lot promised: goods, delivery, warranty, payment, every clause and its deviation.

    Args:
        tender: the record in which the lot holds its clauses.
    """
    lot = tender.lot(lot_id)
    rows = [*_terms(lot), *(_of_clause(clause) for clause in lot.clauses)]
    return [Promise(str(number), *row) for number, row in enumerate(rows, 1)]


def _terms(lot: Lot) -> Iterable[tuple[str, str, str]]:
    for item in lot.items:
        yield "供货范围", f"{item.no} {item.name} {item.model}".strip(), f"{plain_number(item.quantity)} {item.unit}"
    yield "交货期", "合同签订后交货", f"{lot.delivery_days}天"
    yield "质保期", "验收合格后质保", f"{lot.warranty_months}个月"
    if lot.payment:
        yield "付款", "付款方式", lot.payment


def _of_clause(clause: Clause) -> tuple[str, str, str]:
    deviation = {"positive": "（正偏差）", "negative": "（负偏差）"}.get(clause.deviation, "")
    offered = f"{clause.offered} {clause.unit}".strip() if clause.offered else clause.response
    return f"条款 {clause.clause}{clause.mark}{deviation}", clause.parameter or clause.requirement, offered or "满足"


def sheet(rows: Iterable[Promise]) -> bytes:
    """Return the list as an Excel workbook whose columns 合同, 结论 and 说明 people fill in."""
    lines = [[row.no, row.source, row.promise, row.offered, "", "", ""] for row in rows]
    return write({"handover": [[names[0] for names in HEADERS.values()], *lines]}, _WIDTHS)


def read_held(content: bytes, file: str, expected: Sequence[Promise]) -> list[Held]:
    """Return the filled-in list.

    A conclusion left blank is worked out: equal words are the same, no words are missing; anything else is for a
    person to say.

    Raises:
        InvalidTender: with every row that is missing, doubled or changed, and every conclusion that nobody drew.
    """
    rows = next((found for grid in open_sheets(content, file).values() if (found := table(grid, HEADERS))), [])
    by_number = {row["no"].text: row for row in rows if "no" in row}
    mistakes = [
        Mistake(file, "file", f"no row {promise.no}", "every row of the list")
        for promise in expected
        if promise.no not in by_number
    ]
    held = [_held(by_number[promise.no], promise, file, mistakes) for promise in expected if promise.no in by_number]
    if mistakes:
        raise InvalidTender(mistakes)
    return held


def _held(row: Row, promise: Promise, file: str, mistakes: list[Mistake]) -> Held:
    texts = {name: row[name].text.strip() if name in row else "" for name in HEADERS}
    place = row["no"].place
    if (texts["promise"], texts["offered"]) != (promise.promise, promise.offered):
        mistakes.append(Mistake(file, place, texts["promise"], "the promise as the list has it"))
    state = STATES.get(texts["state"], "")
    if not state and not texts["state"]:
        state = MISSING if not texts["contract"] else SAME if texts["contract"] == promise.offered else ""
    if not state:
        mistakes.append(Mistake(file, place, texts["state"] or texts["contract"], "一致, 不一致 or 未写入"))
    return Held(promise, texts["contract"], state, texts["remark"])


def word(
    tender: Tender,
    lot_id: str,
    held: Sequence[Held],
    *,
    contract: str,
    signed: date,
    signatures: Sequence[Mapping[str, str]],
) -> bytes:
    """Return the form 投标承诺与合同核对表 as a Word file.

    Args:
        contract: its number; signed: its day.
    """
    lot = tender.lot(lot_id)
    fields = {
        "project": {"name": tender.title, "number": tender.number},
        "lot": {"id": lot.id, "name": lot.name},
        "form": {"number": tender.number, "signatures": list(signatures)},
        "handover": {
            "contract": contract,
            "signed": f"{signed:%Y年%m月%d日}",
            "count": str(len(held)),
            "differing": str(sum(row.state != SAME for row in held)),
            "rows": [
                {
                    "source": row.promise.source,
                    "promise": row.promise.promise,
                    "offered": row.promise.offered,
                    "contract": "；".join(filter(None, (row.contract, row.remark))),
                    "state": _SHOWN[row.state],
                }
                for row in held
            ],
        },
    }
    return fill.fill_bytes(catalogue.form("handover"), fields)

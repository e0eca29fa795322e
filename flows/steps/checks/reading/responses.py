"""Clause response tables and deviation tables: which clause is answered how."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from flows.steps.checks.reading.document import Cell, Document, Table
from flows.steps.checks.reading.labels import at
from flows.steps.checks.reading.text import narrow, squeeze

_COLUMNS = {
    "clause": r"(?:招标文件)?(?:章节及)?条款(?:号)?|招标文件章节及条款号|clause(?:no\.?|number)?|tenderclause|.*clause.*",  # noqa: E501
    "mark": r"类别|标记|重要性|mark",
    "requirement": r"招标(?:文件)?(?:技术)?(?:要求|规格).*|(?:技术)?要求|requirements?.*|specification.*",
    "deviation": r"偏[差离](?:说明|情况)?|(?:正/?负)?偏[差离]|响应情况|deviations?.*|compliance",
    "response": r"投标(?:文件)?(?:的)?(?:响应|应答|规格).*|响应(?:内容)?|response.*|offered.*|投标文件章节及条款号|bidclause",  # noqa: E501
    "evidence": r"证明材料.*|evidence.*|页码.*|page.*",
}  # fmt: skip
_COMPILED = {field: re.compile(pattern, re.IGNORECASE) for field, pattern in _COLUMNS.items()}
_NUMBER = re.compile(r"[★▲*]?\s*(?:第|clause)?\s*([A-Za-z]?\d+(?:\.\d+)*(?:\(\d+\))?)\s*条?\s*[★▲*]?", re.IGNORECASE)
NOTHING = re.compile(r"无(?:偏差|偏离)?|没有|none|nil|nodeviations?|/|-|—", re.IGNORECASE)


@dataclass(frozen=True)
class Response:
    """One row: the clause number, its mark, our answer, the stated deviation; `blank` when the answer is missing."""

    clause: str
    mark: str
    requirement: str
    response: str
    deviation: str
    document: str
    place: str


@dataclass(frozen=True)
class ResponseTable:
    """A response table (`kind` response) or deviation table (`kind` deviations)."""

    kind: str
    document: str
    place: str
    rows: tuple[Response, ...]
    columns: tuple[str, ...]


def response_tables(document: Document) -> Iterator[ResponseTable]:
    """Yield the response and deviation tables of a document."""
    for table in document.tables():
        found = _header(table)
        if found is None:
            continue
        start, columns = found
        kind = "deviations" if table.part == "deviations" or not _is_response(table, columns) else "response"
        rows = tuple(
            row
            for number in range(start + 1, len(table.rows))
            if (row := _row(table.rows[number], columns, document.name, table.row_place(number))) is not None
        )
        yield ResponseTable(kind, document.name, table.place, rows, tuple(columns))


def _is_response(table: Table, columns: dict[str, Cell]) -> bool:
    return table.part in ("response", "description", "technical") or "requirement" in columns


def _header(table: Table) -> tuple[int, dict[str, Cell]] | None:
    for number, row in enumerate(table.rows[:3]):
        columns: dict[str, Cell] = {}
        for cell in row:
            header = squeeze(cell.text)
            field = next((f for f, p in _COMPILED.items() if f not in columns and p.fullmatch(header)), "")
            if field and len(header) < 30:
                columns[field] = cell
        if "clause" in columns and len(columns) >= 2 and {"response", "deviation"} & set(columns):
            return number, columns
    return None


def _row(cells: tuple[Cell, ...], columns: dict[str, Cell], name: str, place: str) -> Response | None:
    texts = {f: cell.text.strip() for f, c in columns.items() if (cell := at(cells, c.column)) is not None}
    number = _NUMBER.fullmatch(narrow(texts.get("clause", "")).strip())
    if number is None:
        return None
    mark = texts.get("mark", "") or next((m for m in "★▲" if m in texts["clause"]), "")
    return Response(
        number[1],
        mark,
        texts.get("requirement", ""),
        texts.get("response", ""),
        texts.get("deviation", ""),
        name,
        place,
    )


_REFUSED = re.compile(r"[无不]法满足|不能满足|不满足|notcompl(?:y|ied|iant)|cannotmeet|doesnotmeet")


def deviation_kind(text: str) -> str:
    """Return none, positive, negative, or nothing for a stated deviation."""
    plain = squeeze(text).lower()
    if not plain:
        return ""
    if re.match(r"负|negative|minor|major|不满足|不响应|低于|not|doesnot|partly", plain) or _REFUSED.search(plain):
        return "negative"
    if re.match(r"正(?!文)|positive|优于|better", plain):
        return "positive"
    return "none" if NOTHING.match(plain) or re.match(r"满足|响应|符合|完全|无|comp", plain) else ""

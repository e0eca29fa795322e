"""The clause matrix (条款响应表): from and to Excel without loss, and the deviation that numbers give."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from flows.steps.mistake import InvalidTender, Mistake
from flows.steps.quantity import Interval, in_base_unit, interval
from flows.steps.tender import Clause, Deviation
from flows.steps.workbook import Row, open_sheets, table, write

HEADERS = {
    "clause": ("条款号", "clause no", "no"),
    "mark": ("类别", "标记"),
    "requirement": ("招标要求", "要求"),
    "parameter": ("参数",),
    "relation": ("关系",),
    "value": ("值", "要求值"),
    "unit": ("单位",),
    "response": ("投标响应", "响应"),
    "offered": ("投标值",),
    "deviation": ("偏差", "偏离"),
    "owner": ("责任人",),
    "evidence": ("证明材料",),
    "place": ("页码位置", "位置"),
}
_SYNONYMS = {
    "relation": {"": "text", ">=": "≥", "<=": "≤", "==": "=", "范围": "range", "文字": "text", "+-": "±", "+/-": "±"},
    "deviation": {"无偏差": "none", "无": "none", "正偏差": "positive", "负偏差": "negative", "正": "positive",
                  "负": "negative", "无偏离": "none", "正偏离": "positive", "负偏离": "negative"},
    "mark": {"*": "★", "☆": "★", "△": "▲"},
}  # fmt: skip
_AFFIRMATIVE = ("满足", "响应", "符合", "完全满足", "完全响应", "无偏离", "comply", "complies", "yes", "conforms")
_NEGATIVE = ("不满足", "不响应", "不符合", "无法满足", "部分满足", "负偏离", "not", "no ", "does not", "partly")


ONCE = "every clause once"
"""What is expected where a clause number stands twice; such rows can be read all the same."""


@dataclass(frozen=True)
class PlacedClause:
    """A clause as a row of a workbook: the place of each of its cells by field, and of the row."""

    clause: Clause
    places: Mapping[str, str]
    row: str

    def place(self, field: str) -> str:
        """Return where a field stands, or where the row begins."""
        return self.places.get(field, self.row)


def read_clauses(content: bytes, file: str) -> tuple[Clause, ...]:
    """Return the clauses of the workbook's first sheet that has a clause header.

    Raises:
        InvalidTender: every mistake with its cell: unknown relation, empty requirement, a clause number twice.
    """
    return tuple(placed.clause for placed in read_placed(content, file))


def read_placed(content: bytes, file: str) -> tuple[PlacedClause, ...]:
    """Return the clauses with the places of their cells. See `read_clauses`."""
    clauses, mistakes = read_rows(content, file)
    if mistakes:
        raise InvalidTender(mistakes)
    return clauses


def read_rows(content: bytes, file: str) -> tuple[tuple[PlacedClause, ...], list[Mistake]]:
    """Return every clause that can be read, doubled ones too, and every mistake; InvalidTender without a table."""
    for rows in open_sheets(content, file).values():
        found = table(rows, HEADERS)
        if found:
            return placed_clauses(found, file)
        if any(cell.text in {name for names in HEADERS.values() for name in names} for row in rows for cell in row):
            return (), []
    raise InvalidTender([Mistake(file, "file", "no clause table", "a header row with 条款号 and 招标要求")])


def clauses_of(rows: Sequence[Row], file: str) -> tuple[Clause, ...]:
    """Return the clauses of table rows; InvalidTender with every mistake."""
    clauses, mistakes = placed_clauses(rows, file)
    if mistakes:
        raise InvalidTender(mistakes)
    return tuple(placed.clause for placed in clauses)


def placed_clauses(rows: Sequence[Row], file: str) -> tuple[tuple[PlacedClause, ...], list[Mistake]]:
    """Return the clauses of table rows with the places of their cells, and every mistake."""
    clauses, mistakes, seen = [], list[Mistake](), dict[str, str]()
    for row in rows:
        place = next(iter(row.values())).place
        number = row["clause"].text if "clause" in row else ""
        if number and number in seen:
            mistakes.append(Mistake(file, row["clause"].place, f"{number} again", ONCE))
        seen[number] = place
        clause = _clause(row, file, mistakes)
        if clause is not None:
            clauses.append(PlacedClause(clause, {field: cell.place for field, cell in row.items()}, place))
    return tuple(clauses), mistakes


def _clause(row: Row, file: str, mistakes: list[Mistake]) -> Clause | None:
    texts = {field: _SYNONYMS.get(field, {}).get(cell.text, cell.text) for field, cell in row.items()}
    if not texts.get("relation"):
        texts["relation"] = "text"
    try:
        return Clause.model_validate(texts)
    except ValidationError as error:
        for fault in error.errors():
            field = str(fault["loc"][0])
            cell = row.get(field)
            place = cell.place if cell else next(iter(row.values())).place
            mistakes.append(Mistake(file, place, texts.get(field, "") or "nothing", EXPECTED.get(field, "a text")))
        return None


EXPECTED = {
    "mark": "★, ▲ or nothing",
    "relation": "one of ≥ ≤ = range ± text",
    "deviation": "none, positive, negative or nothing",
    "clause": "a clause number",
    "requirement": "the tender's requirement",
}


def write_clauses(clauses: Iterable[Clause], about: Mapping[str, str] | None = None) -> bytes:
    """Return an Excel workbook that `read_clauses` reads back to equal clauses.

    Args:
        about: what a second sheet `matrix` says of where the rows come from; `read_about` reads it back.
    """
    header = [f"{names[0]}" for names in HEADERS.values()]
    body = [[str(getattr(clause, field)) for field in HEADERS] for clause in clauses]
    widths = (9, 6, 40, 16, 8, 12, 8, 40, 12, 10, 12, 24, 16)
    rows = [["key", "value"], *([key, value] for key, value in about.items())] if about else []
    return write({"clauses": [header, *body], **({"matrix": rows} if rows else {})}, widths)


def read_about(content: bytes, file: str) -> dict[str, str]:
    """Return what the sheet `matrix` says of where the rows come from; empty when there is none."""
    rows = open_sheets(content, file).get("matrix", ())
    return {row[0].text: row[1].text for row in rows[1:] if len(row) > 1}


def unknown_numbers(clauses: Iterable[Clause], asked: Iterable[str]) -> tuple[str, ...]:
    """Return the clause numbers of `asked` that the matrix does not hold, in order."""
    known = {clause.clause for clause in clauses}
    return tuple(dict.fromkeys(number for number in asked if number not in known))


def derived_deviation(clause: Clause) -> Deviation:
    """Return the deviation that the numbers or the answer give; nothing when only a person can tell.

    A single value inside a range deviates in nothing. An offered interval that differs from the asked one without
    leaving or covering it may be better or worse, depending on the parameter, so it is left to a person.
    """
    if clause.relation == "text":
        return _of_text(clause.response or clause.offered)
    asked, offered = interval(clause.value), interval(clause.offered or clause.response)
    if asked is None or offered is None:
        return ""
    asked_base = in_base_unit(asked, clause.unit)
    offered_base = in_base_unit(offered, clause.unit)
    if asked_base is None or offered_base is None or asked_base.unit != offered_base.unit:
        return ""
    return _compare(clause.relation, asked_base, offered_base)


def _of_text(answer: str) -> Deviation:
    plain = answer.strip().lower()
    if plain.startswith(_NEGATIVE):
        return "negative"
    return "none" if plain.startswith(_AFFIRMATIVE) else ""


def _compare(relation: str, asked: Interval, offered: Interval) -> Deviation:
    if relation == "≥":
        return _better(offered.low - asked.low)
    if relation == "≤":
        return _better(asked.high - offered.high)
    if relation == "±":
        return _better(max(abs(asked.low), abs(asked.high)) - max(abs(offered.low), abs(offered.high)))
    if relation == "=":
        return "none" if (offered.low, offered.high) == (asked.low, asked.high) else "negative"
    inside = asked.low <= offered.low and offered.high <= asked.high
    if (offered.low, offered.high) == (asked.low, asked.high) or (inside and offered.low == offered.high):
        return "none"
    covers = offered.low <= asked.low and offered.high >= asked.high
    return "" if inside or covers else "negative"


def _better(margin: object) -> Deviation:
    if margin == 0:
        return "none"
    return "positive" if margin > 0 else "negative"  # type: ignore[operator]

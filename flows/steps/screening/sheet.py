"""The screening form as people fill it in: an Excel workbook or a YAML file, every mistake named by cell or line."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from flows.steps.expected import expected_of
from flows.steps.mistake import InvalidSheet, InvalidTender, Mistake
from flows.steps.raw_values import Raw, read_yaml
from flows.steps.screening.form import Answers, form
from flows.steps.screening.rule import HUNDRED, ScreeningRule, is_short, rule_for
from flows.steps.tender import Tender
from flows.steps.workbook import Row, open_sheets, table, write

_GRADES = {"item": ("项目",), "grade": ("等级",), "remark": ("说明",)}
_KNOCK_OUTS = {
    "name": ("否决项", "question"),
    "found": ("实际",),
    "expected": ("要求",),
    "holds": ("是否满足",),
    "automatic": ("自动",),
}
_CRITERIA = {"name": ("评分项", "criterion"), "weight": ("权重", "权重(%)"), "score": ("评分",), "remark": ("说明",)}
_ITEMS = {"customer_credit": "客户信用", "contract_risk": "合同条款风险"}
_WORDS = {
    "低": "low", "中": "medium", "高": "high", "是": "true", "否": "false", "yes": "true", "no": "false",
}  # fmt: skip


def blank(tender: Tender, lot: str, now: Any) -> bytes:
    """Return the workbook to fill in: knock-outs answered from the record, the rule's criteria without scores."""
    shown = form(tender, lot, now)
    short = is_short(tender, lot)
    criteria = [] if short else [[c.name, f"{c.weight:f}", "", ""] for c in rule_for(tender).criteria]
    return write(
        {
            "screening": [
                [*_headers(_GRADES), "可选 · choices"],
                *([name, "", "", _HINTS[key]] for key, name in _ITEMS.items()),
            ],
            "knock-outs": [
                _headers(_KNOCK_OUTS),
                *([q.name, q.found, q.expected, "是" if q.holds else "否", "是"] for q in shown.knock_outs),
            ],
            "criteria": [_headers(_CRITERIA), *criteria],
        },
        widths=(28, 16, 28, 12, 30),
    )


_HINTS = {"customer_credit": "A, B, C, D", "contract_risk": "低, 中, 高 (low, medium, high)"}


def read_answers(content: bytes, file: str, tender: Tender, lot: str) -> Answers:
    """Return what people filled in.

    Args:
        content: an .xlsx workbook, or UTF-8 YAML when `file` ends in .yaml or .yml.
        tender: the record; a lot that the short form does not serve needs grades and criteria.

    Raises:
        InvalidSheet: with every mistake: a grade, weight or score that is none, weights that do not sum to exactly 100.
    """
    raw = _yaml(content, file) if file.endswith((".yaml", ".yml")) else _workbook(content, file)
    mistakes = list(raw.mistakes)
    answers = None
    try:
        answers = Answers.model_validate(raw.data or {})
    except ValidationError as error:
        for fault in error.errors():
            path = tuple(part for part in fault["loc"] if part != "[key]")
            found, expected = expected_of(fault)
            mistakes.append(Mistake(file, raw.place(path), f"{path[-1]}: {found}", expected))
    if answers is not None:
        mistakes += _whole(answers, raw, rule_for(tender), short=is_short(tender, lot))
    if mistakes or answers is None:
        raise InvalidSheet(file, mistakes)
    return answers


def _whole(answers: Answers, raw: Raw, rule: ScreeningRule, *, short: bool) -> list[Mistake]:
    """What only shows over the whole form."""
    notes = Raw(raw.file, places=raw.places)
    total = sum((criterion.weight for criterion in answers.criteria), Decimal())
    if (answers.criteria or not short) and total != HUNDRED:
        notes.mistake(
            ("criteria", max(0, len(answers.criteria) - 1), "weight"), f"{total:f}", "weights that sum to 100"
        )
    for position, criterion in enumerate(answers.criteria):
        if criterion.name in {other.name for other in answers.criteria[:position]}:
            notes.mistake(("criteria", position, "name"), criterion.name, "every criterion once")
    for name, value in (("customer_credit", answers.customer_credit), ("contract_risk", answers.contract_risk)):
        if value is None and not short:
            notes.mistake((name,), "nothing", "a grade")
    return notes.mistakes


def _yaml(content: bytes, file: str) -> Raw:
    try:
        raw = read_yaml(content.decode("utf-8-sig"), file)
    except UnicodeDecodeError as error:
        raise InvalidSheet(
            file, [Mistake(file, f"byte {error.start}", "bytes of another encoding", "UTF-8 text")]
        ) from None
    if raw.data is not None and not isinstance(raw.data, dict) and not raw.mistakes:
        raw.mistake((), "another value", "a group of keys")
        raw.data = None
    return raw


def _workbook(content: bytes, file: str) -> Raw:
    try:
        sheets = open_sheets(content, file)
    except InvalidTender as wrong:
        raise InvalidSheet(file, wrong.mistakes) from None
    raw = Raw(file, data={}, places={(): "screening!A1"})
    for row in table(sheets.get("screening", ()), _GRADES):
        _grade(raw, row)
    _list(raw, "knock_outs", table(sheets.get("knock-outs", ()), _KNOCK_OUTS))
    _list(raw, "criteria", table(sheets.get("criteria", ()), _CRITERIA))
    return raw


def _grade(raw: Raw, row: Row) -> None:
    named = next((key for key, name in _ITEMS.items() if row["item"].text in (key, name)), None)
    if named is None:
        raw.places[("?",)] = row["item"].place
        raw.mistake(("?",), row["item"].text, "客户信用, 合同条款风险")
    elif row["grade"].text:
        _put(raw, (named,), {"grade": row["grade"], **({"remark": row["remark"]} if "remark" in row else {})})


def _list(raw: Raw, name: str, rows: Sequence[Row]) -> None:
    raw.data[name] = []
    for position, row in enumerate(rows):
        _put(raw, (name, position), {field: cell for field, cell in row.items() if cell.text or field == "score"})


def _put(raw: Raw, path: tuple[str | int, ...], cells: Mapping[str, Any]) -> None:
    values = {field: _WORDS.get(cell.text, cell.text) for field, cell in cells.items()}
    for field, cell in cells.items():
        raw.places[(*path, field)] = cell.place
    raw.places[path] = next(iter(cells.values())).place
    if len(path) == 1:
        raw.data[path[0]] = values
    else:
        raw.data[path[0]].append(values)


def _headers(fields: Mapping[str, Sequence[str]]) -> list[str]:
    return [names[0] for names in fields.values()]

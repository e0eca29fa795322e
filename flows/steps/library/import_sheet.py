"""Items from a workbook or CSV and a folder of proof files; every mistake is named by sheet and cell."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from io import StringIO
from pathlib import Path

from openpyxl.utils import get_column_letter

from flows.steps.library.draft import Draft
from flows.steps.library.item import listed
from flows.steps.library.kinds import KIND_NAMES
from flows.steps.mistake import Mistake
from flows.steps.read_technical_inputs import InputFile, RefusedFile, read_input
from flows.steps.workbook import Cell, open_sheets

HEADERS: Mapping[str, tuple[str, ...]] = {
    "id": ("编号", "条目编号"),
    "kind": ("类别", "类型"),
    "name": ("名称", "姓名", "项目名称"),
    "owner": ("责任人",),
    "number": ("证号", "证书编号"),
    "code": ("代码",),
    "valid_from": ("生效日期", "有效期自"),
    "valid_to": ("有效期至", "失效日期"),
    "timezone": ("时区",),
    "reviewed": ("复核日期",),
    "review_days": ("复核周期", "复核周期（天）"),
    "tags": ("关键词", "标签"),
    "text": ("正文", "说明"),
    "file": ("文件", "证明文件"),
    "certificate": ("资格证书",),
    "id_number": ("身份证号",),
    "title": ("职务", "职称"),
    "phone": ("电话",),
    "buyer": ("买方", "业主"),
    "amount": ("合同金额", "金额"),
    "signed": ("签订日期",),
    "contact": ("联系人",),
    "model": ("型号",),
    "maker": ("生产厂家", "制造厂"),
    "quantity": ("数量",),
    "unit": ("单位",),
    "year": ("年度",),
    "assets": ("总资产",),
    "liabilities": ("总负债",),
    "revenue": ("营业收入",),
    "profit": ("净利润",),
    "manufacturer": ("制造商",),
    "models": ("授权型号",),
}
"""Field → the headers under which it may stand besides its own name."""
_NEEDED = ("id", "kind", "name", "owner")


class Sheets:
    """The drafts of an import file, and every mistake that stands in it."""

    def __init__(self, file: Path, proofs: Path | None) -> None:
        self.drafts: list[Draft] = []
        self.mistakes: list[Mistake] = []
        self._file, self._proofs = file, proofs or file.parent
        self._seen = set[str]()
        for rows in self._tables():
            self._read(rows)
        if not self.drafts and not self.mistakes:
            self._mistake(f"{file.name}", "no row", "a header row with id, kind, name, owner, and rows below it")

    def _tables(self) -> Iterator[Sequence[Sequence[Cell]]]:
        content = self._file.read_bytes()
        if self._file.suffix.lower() == ".csv":
            yield self._csv_rows(content)
        else:
            yield from open_sheets(content, self._file.name).values()

    def _csv_rows(self, content: bytes) -> list[list[Cell]]:
        try:
            rows = list(csv.reader(StringIO(_csv_text(content), newline="")))
        except (UnicodeDecodeError, csv.Error) as error:
            self._mistake("file", type(error).__name__, "a CSV in UTF-8 or GB 18030")
            return []
        return [
            [Cell(t.strip(), f"{get_column_letter(c)}{n}") for c, t in enumerate(row, 1)]
            for n, row in enumerate(rows, 1)
        ]

    def _read(self, rows: Sequence[Sequence[Cell]]) -> None:
        names = {plain: field for field, texts in HEADERS.items() for plain in map(_plain, (field, *texts))}
        header = next(
            (n for n, row in enumerate(rows) if {names.get(_plain(cell.text)) for cell in row} >= {"id", "kind"}), None
        )
        if header is None:
            return
        columns = {
            position: names.get(_plain(cell.text), "") for position, cell in enumerate(rows[header]) if cell.text
        }
        for position, field in columns.items():
            if not field:
                cell = rows[header][position]
                self._mistake(cell.place, cell.text, "a column of the library; see docs/data-model.md")
        for field in _NEEDED:
            if field not in columns.values():
                self._mistake(rows[header][0].place, f"no column {field}", "the columns id, kind, name and owner")
        for row in rows[header + 1 :]:
            cells = {columns[position]: cell for position, cell in enumerate(row) if columns.get(position)}
            if any(cell.text for cell in cells.values()):
                self._draft(cells)

    def _draft(self, cells: Mapping[str, Cell]) -> None:
        said = {name: cell.text for name, cell in cells.items() if cell.text}
        item_id = said.pop("id", "")
        if item_id in self._seen:
            self._mistake(cells["id"].place, f"{item_id} again", "every item once")
        self._seen |= {item_id} - {""}
        values: dict[str, object] = {**said, "kind": _kind(said.get("kind", ""))}
        if "tags" in said:
            values["tags"] = listed(said["tags"])
        file = self._proof(cells["file"]) if values.pop("file", "") else None
        places = {name: cell.place for name, cell in cells.items()}
        self.drafts.append(Draft(item_id, values, file, self._file.name, places))

    def _proof(self, cell: Cell) -> InputFile | None:
        try:
            return read_input(self._proofs, cell.text)
        except (RefusedFile, ValueError) as refused:
            self._mistake(cell.place, f"{cell.text}: {refused}", "a readable file in the folder of proof files")
            return None

    def _mistake(self, place: str, found: str, expected: str) -> None:
        self.mistakes.append(Mistake(self._file.name, place, found, expected))


def _kind(text: str) -> str:
    known = {name: kind for kind, names in KIND_NAMES.items() for name in (kind, *names)}
    return known.get(text.strip(), text.strip())


def _plain(text: str) -> str:
    return "".join(text.lower().split()).replace("_", "")


def _csv_text(content: bytes) -> str:
    """Return a CSV as Excel of either kind writes it: UTF-8, or the Chinese code page; UnicodeDecodeError."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030")

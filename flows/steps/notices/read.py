"""A notice file (YAML, or options of the command line) and the files beside it, read once into values."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from flows.errors import TenderError
from flows.steps.expected import expected_of, first_hand
from flows.steps.mistake import InvalidTender, Mistake
from flows.steps.notices.notice import Notice, line_of, refers_to_attachment
from flows.steps.raw_values import Raw, read_yaml
from flows.steps.read_technical_inputs import InputFile, RefusedFile, read_input


class InvalidNotice(InvalidTender):
    """A notice has mistakes; `mistakes` are all of them, in the order of their places."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        TenderError.__init__(
            self,
            "Notice {file}: found {count} mistakes, first at {place}, expected a notice as SJE/ZY/GK-02 art. 2.2 "
            "asks for; next: mend those named below",
            file=mistakes[0].file,
            count=len(mistakes),
            place=mistakes[0].place,
        )
        self.mistakes = tuple(mistakes)


@dataclass(frozen=True)
class ReadNotice:
    """A notice and its attachments as they came."""

    notice: Notice
    files: tuple[InputFile, ...]


def read(file: Path) -> ReadNotice:
    """Return the notice of a YAML file; the files that it names lie beside it.

    Raises:
        InvalidNotice: with every mistake.
        RefusedFile: an attachment is hostile, broken or too large.
    """
    try:
        raw = read_yaml(file.read_text(encoding="utf-8-sig"), file.name)
    except UnicodeDecodeError as error:
        wrong = Mistake(file.name, f"byte {error.start}", "bytes of another encoding", "UTF-8 text")
        raise InvalidNotice([wrong]) from error
    return _read(raw, lambda name: file.parent / name)


def from_options(values: Mapping[str, Any], lines: Sequence[str], files: Sequence[Path]) -> ReadNotice:
    """Return the notice that the options of a command say.

    Args:
        values: keys of the notice file, without lines and attachments.
        lines: requirements as typed, see `line_of`; one that says "see attachment" takes the next of the files.

    Raises:
        As `read`.
    """
    names, raw_lines = iter([file.name for file in files]), [line_of(text) for text in lines]
    for line in raw_lines:
        if refers_to_attachment(line.get("text", "")) and (name := next(names, None)):
            line["attachment"] = name
    data = {**values, "lines": raw_lines, "attachments": list(names)}
    found = {file.name: file for file in files}
    return _read(Raw("options", data), lambda name: found[name])


def _read(raw: Raw, find: Callable[[str], Path]) -> ReadNotice:
    mistakes = list(raw.mistakes)
    notice = None
    if isinstance(raw.data, dict):
        try:
            notice = Notice.model_validate(raw.data)
        except ValidationError as error:
            mistakes += [_mistake(raw, fault) for fault in first_hand(error.errors())]
    elif not mistakes:
        mistakes.append(Mistake(raw.file, "line 1, column 1", "nothing", "a notice"))
    if notice is not None:
        mistakes += _across(raw, notice)
        files, refused = _files(raw, notice, find)
        mistakes += refused
        if not mistakes:
            return ReadNotice(notice, files)
    raise InvalidNotice(mistakes)


def _mistake(raw: Raw, fault: Any) -> Mistake:
    found, expected = expected_of(fault)
    path = tuple(fault["loc"])
    dotted = ".".join(str(part) for part in path)
    return Mistake(raw.file, raw.place(path), f"{dotted}: {found}" if dotted else found, expected)


def _across(raw: Raw, notice: Notice) -> list[Mistake]:
    notes = Raw(raw.file, places=raw.places)
    if notice.due <= notice.received:
        notes.mistake(("due",), notice.due.isoformat(timespec="minutes"), "a time after received (art. 2.2)")
    if notice.leader == notice.author:
        notes.mistake(("leader",), notice.leader, "another person than the author (art. 2.2)")
    if notice.assignee is not None and not notice.goes_out:
        notes.mistake(("assignee",), notice.assignee, "an undertaker that is another department")
    names = [Path(file).name for file in notice.files]
    for name in sorted({name for name in names if names.count(name) > 1}):
        notes.mistake(("attachments",), name, "file names that differ")
    return notes.mistakes


def _files(raw: Raw, notice: Notice, find: Callable[[str], Path]) -> tuple[tuple[InputFile, ...], list[Mistake]]:
    files, mistakes = [], []
    for name in notice.files:
        path = find(name)
        try:
            files.append(read_input(path.parent, path.name))
        except RefusedFile:
            if path.is_file():
                raise
            mistakes.append(Mistake(raw.file, raw.place(("attachments",)), name, "a file beside the notice (art. 2.2)"))
    return tuple(files), mistakes

"""Technical inputs as they come: read once, judged by content, refused by name when hostile or broken."""

from dataclasses import dataclass
from pathlib import Path

from flows.errors import TenderError
from templates import guard
from templates.errors import TemplateError

_MEDIA_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
    "png": "image/png",
    "jpeg": "image/jpeg",
}


class RefusedFile(TenderError):
    """A file that must not reach the assembly: missing, too large, of another kind than its name says, or hostile."""


@dataclass(frozen=True)
class InputFile:
    """One file as it came: its name without folders, bytes, media type and SHA-256 in lower-case hex."""

    name: str
    data: bytes
    media_type: str
    sha256: str


def read_input(folder: Path, file: str) -> InputFile:
    """Return one file of a tender folder.

    Raises:
        RefusedFile: naming the file, what was found and what is accepted.
    """
    path = (folder / file).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        raise RefusedFile("{file}: found no such file, expected one in the tender folder; next: add it", file=file)
    data = path.read_bytes()
    try:
        checked = guard.check(path.name, data)
    except TemplateError as error:
        raise RefusedFile(error.message, **error.values) from error
    return InputFile(path.name, data, _MEDIA_TYPES[checked.kind], checked.sha256)

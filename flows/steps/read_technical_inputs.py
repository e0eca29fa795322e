"""Technical inputs as they come: read once, judged by content, refused by name when hostile or broken."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from flows.errors import TenderError
from templates import guard
from templates.errors import TemplateError

MOST_BYTES = 200_000_000
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_KINDS = {
    ".docx": (b"PK\x03\x04", _DOCX),
    ".xlsx": (b"PK\x03\x04", _XLSX),
    ".pdf": (b"%PDF-", "application/pdf"),
    ".png": (b"\x89PNG\r\n\x1a\n", "image/png"),
    ".jpg": (b"\xff\xd8\xff", "image/jpeg"),
    ".jpeg": (b"\xff\xd8\xff", "image/jpeg"),
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
    size = path.stat().st_size
    if not 0 < size <= MOST_BYTES:
        raise RefusedFile("{file}: found {size} bytes, expected 1 to {most}; next: split it", file=file, size=size,
                          most=MOST_BYTES)  # fmt: skip
    data = path.read_bytes()
    media_type = _media_type(file, path.suffix.lower(), data)
    if media_type == _DOCX:
        _guard(file, path)
    if media_type == "application/pdf" and b"/Encrypt" in data:
        raise RefusedFile("{file}: found an encrypted PDF, expected an open one; next: ask for one", file=file)
    return InputFile(path.name, data, media_type, sha256(data).hexdigest())


def _media_type(file: str, suffix: str, data: bytes) -> str:
    known = _KINDS.get(suffix)
    if known is None:
        raise RefusedFile("{file}: found {suffix}, expected {kinds}; next: convert it", file=file,
                          suffix=suffix or "no suffix", kinds=" ".join(_KINDS))  # fmt: skip
    if not data.startswith(known[0]):
        raise RefusedFile("{file}: found other content, expected {suffix}; next: save it again", file=file,
                          suffix=suffix)  # fmt: skip
    return known[1]


def _guard(file: str, path: Path) -> None:
    try:
        guard.check(file, path)
    except TemplateError as error:
        raise RefusedFile("{file}: found {reason}, expected a plain Word file; next: save it anew in Word", file=file,
                          reason=str(error)) from error  # fmt: skip

"""What the guard allows, and its refusal."""

from __future__ import annotations

from dataclasses import dataclass

from templates.errors import TemplateError


class RefusedFile(TemplateError):
    """A file from outside that no parser may see; says which, why, what was found, the limit and the next step."""

    @classmethod
    def over(cls, file: str, what: str, found: int, limit: int) -> RefusedFile:
        """The refusal for a size or count beyond its limit."""
        message = (
            "{file}, {what}: found {found}, limit {limit}; next: split the file or raise the limit in the settings"
        )
        return cls(message, file=file, what=what, found=found, limit=limit)


@dataclass(frozen=True)
class Limits:
    """Limits of the guard. Sizes in bytes unless the name says otherwise.

    The defaults pass a price list of 10,000 rows and a set of 300 scans; tag and ratio limits stop the
    known archive and markup bombs.
    """

    file_bytes: int = 512 << 20
    entries: int = 5_000
    unpacked_bytes: int = 1 << 30
    xml_bytes: int = 160 << 20
    ratio: int = 150
    ratio_from_bytes: int = 1 << 20
    tags: int = 4_000_000
    depth: int = 200
    token_bytes: int = 4 << 20
    picture_pixels: int = 120_000_000
    picture_side: int = 30_000
    pdf_objects: int = 2_000_000
    pdf_stream_bytes: int = 64 << 20

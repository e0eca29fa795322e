"""What the guard allows, and its refusal."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, fields

from templates.errors import TemplateError


class RefusedFile(TemplateError):
    """A file from outside that no parser may see; says which, why, what was found, the limit and the next step."""

    @classmethod
    def over(cls, file: str, what: str, found: int, limit: int) -> RefusedFile:
        """The refusal for a size or count beyond its limit."""
        message = (
            "{file}, {what}: found {found}, limit {limit}; next: split the file or raise the limit in TENDERFLOW_GUARD"
        )
        return cls(message, file=file, what=what, found=found, limit=limit)


class WrongLimits(TemplateError):
    """The limits that an installation sets cannot be used."""


@dataclass(frozen=True)
class Limits:
    """Limits of the guard. Sizes in bytes unless the name says otherwise.

    The defaults pass a price list of 10,000 rows and a set of 300 scans; tag and ratio limits stop the
    known archive and markup bombs. An installation changes them in `TENDERFLOW_GUARD`: {"tags": 6000000, …}.
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

    @classmethod
    def of_installation(cls) -> Limits:
        """The defaults with what `TENDERFLOW_GUARD` says. Raises WrongLimits when that cannot be used."""
        given = os.environ.get("TENDERFLOW_GUARD", "")
        if not given:
            return cls()
        known = [field.name for field in fields(cls)]
        try:
            values = json.loads(given)
        except ValueError:
            values = None
        if not isinstance(values, dict) or not all(
            name in known and type(value) is int and value > 0 for name, value in values.items()
        ):
            message = (
                "TENDERFLOW_GUARD: found no JSON object of whole numbers above 0, "
                "expected limits out of {known}; next: correct it"
            )
            raise WrongLimits(message, known=", ".join(known))
        return cls(**values)

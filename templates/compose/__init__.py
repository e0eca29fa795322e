"""Composes several Word documents into one volume in which each keeps its sections, looks, numbers and references."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from templates.compose import check
from templates.compose.assembly import Assembly
from templates.compose.package import BrokenDocument, PackageWriter
from templates.compose.part import Part, outline
from templates.compose.person import NeedsPerson
from templates.errors import TemplateError
from templates.whole_file import whole_file

__all__ = ["BrokenDocument", "NeedsPerson", "compose"]


def compose(
    parts: Sequence[bytes | Path],
    target: BinaryIO | Path,
    *,
    names: Sequence[str] | None = None,
    discard_comments: bool = False,
) -> None:
    """Write one .docx that holds the documents `parts` in order, each from a new page on.

    Kept per document: sections with paper, orientation, headers and footers; page, list, note and caption numbers,
    which start again; styles (renamed only where same-named ones differ); bookmarks and the fields that refer to them;
    footnotes and endnotes; charts, embedded objects, images (equal ones once). Taken from the first document: theme
    colours of drawings, compatibility settings, tab stops.

    Args:
        parts: The documents, as bytes or paths.
        target: Where the volume goes.
        names: What stands for the documents in errors; file names by default.
        discard_comments: A person has decided that comments are dropped. Tracked changes are never decided here.

    Raises:
        NeedsPerson: comments, tracked changes, inserted or linked foreign content, with document and place.
        BrokenDocument: a document that is no sound .docx.
        BadVolume: the result is not sound (a fault of this module, never of the documents).
    """
    if not parts:
        raise TemplateError("compose: found no document, expected at least one")
    labels = list(names or (part.name if isinstance(part, Path) else f"part {i}" for i, part in enumerate(parts, 1)))
    sources = list(zip(parts, labels, strict=True))
    result = io.BytesIO()
    assembly = Assembly(PackageWriter(result), [outline(*source) for source in sources])
    for number, (source, name) in enumerate(sources):
        with Part(source, name, number, discard=discard_comments) as part:
            assembly.add(part, last=number == len(sources) - 1)
    assembly.finish()
    check.check(result.getvalue())
    if isinstance(target, Path):
        with whole_file(target) as stream:
            stream.write(result.getvalue())
    else:
        target.write(result.getvalue())

"""Sets and forms filled with sample data: to look at them, and to know which fields a template may name."""

import io
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2

from templates import catalogue
from templates.catalogue import FORMS, TemplateSet
from templates.fill import fill_bytes
from templates.pdf import to_pdfs

SAMPLE = Path(__file__).parent / "sample.toml"
SCALE = 1.5  # of 72 dots per inch


@dataclass(frozen=True)
class Preview:
    """One document filled with sample data; `name` is `<volume>/<section>` or the form's name."""

    name: str
    title: str
    docx: bytes


def sample(folder: Path) -> dict[str, Any]:
    """Return the sample fields for the templates of a folder: its own `sample.toml` over the common one.

    The common sample is Chinese; a set in another language brings every value it prints.
    """
    own = folder / "sample.toml"
    mine = tomllib.loads(own.read_text("utf-8")) if own.is_file() else {}
    common = tomllib.loads(SAMPLE.read_text("utf-8"))
    return catalogue.over(common, mine)


def set_fields(template_set: TemplateSet) -> dict[str, Any]:
    """Return the sample fields of a set, complete."""
    return template_set.complete(sample(template_set.folder))


def names(fields: Mapping[str, Any]) -> set[str]:
    """Return the dotted names of fields: `project.name`, `items[].no`."""
    return set(_names(fields, ""))


def of_set(template_set: TemplateSet) -> list[Preview]:
    """Return every document of a set that has a template, filled."""
    fields = set_fields(template_set)
    return [
        Preview(f"{volume.id}/{section.id}", section.title, fill_bytes(section.template, fields))
        for volume, section in template_set.sections()
        if section.template is not None
    ]


def of_form(name: str) -> Preview:
    """Return one of our own forms, filled."""
    return Preview(name, name, fill_bytes(catalogue.form(name), sample(FORMS)))


def write(previews: list[Preview], out: Path, scale: float = SCALE) -> list[Path]:
    """Write each preview as .docx, .pdf and one .png per page into `out`; return the files written.

    Raises:
        TemplateError: a template does not fill, LibreOffice fails, or a font was substituted.
    """
    out.mkdir(parents=True, exist_ok=True)
    pdfs = to_pdfs([preview.docx for preview in previews], names=[preview.name for preview in previews])
    written = []
    for preview, pdf in zip(previews, pdfs, strict=True):
        stem = out / preview.name.replace("/", "-")
        for suffix, data in ((".docx", preview.docx), (".pdf", pdf)):
            stem.with_suffix(suffix).write_bytes(data)
            written.append(stem.with_suffix(suffix))
        for number, png in enumerate(pages(pdf, scale), 1):
            written.append(stem.with_name(f"{stem.name}-{number}.png"))
            written[-1].write_bytes(png)
    return written


def pages(pdf: bytes, scale: float = SCALE) -> Iterator[bytes]:
    """Yield each page of a PDF as PNG; `scale` is in units of 72 dots per inch."""
    with pypdfium2.PdfDocument(pdf) as document:
        for page in document:
            out = io.BytesIO()
            page.render(scale=scale).to_pil().save(out, "PNG")
            yield out.getvalue()


def _names(value: Any, prefix: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            name = f"{prefix}.{key}" if prefix else key
            yield name
            yield from _names(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield f"{prefix}[]"
            yield from _names(inner, f"{prefix}[]")

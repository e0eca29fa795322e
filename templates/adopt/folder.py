"""From a buyer's form to a folder that is a template set of one tender, in two steps with a person between them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from templates.adopt import sheet
from templates.adopt.apply import Confirmed, write
from templates.adopt.blanks import Blank, find
from templates.adopt.form import parts, text_of
from templates.errors import TemplateError
from templates.tags import looks_tagged
from templates.tree import W

TABLE = "blanks.xlsx"
BUYER = "buyer"


class AdoptionRefused(TemplateError):
    """A form that cannot become a template."""


@dataclass(frozen=True)
class Proposal:
    """What was found in a form: the table to go through, and how many blanks it lists."""

    file: Path
    count: int


def propose_to(form: Path, out: Path) -> Proposal:
    """Write the table of a form's blanks into the folder `out`.

    Raises:
        RefusedFile: the form is no harmless .docx.
        AdoptionRefused: it has tags already, or no blank at all.
    """
    data = form.read_bytes()
    blanks = _blanks(form.name, data)
    out.mkdir(parents=True, exist_ok=True)
    sheet.write(data, blanks, out / TABLE)
    return Proposal(out / TABLE, len(blanks))


def confirm(form: Path, table: Path, out: Path) -> Path:
    """Write the set: the template, the buyer's form for the proof, and `set.toml`; return its folder.

    Raises:
        SheetError: the table is not this form's, or nobody confirmed it.
        AdoptionRefused: as in `propose_to`.
    """
    data = form.read_bytes()
    confirmed = sheet.read(data, _blanks(form.name, data), table)
    stem = _slug(form.stem)
    (out / BUYER).mkdir(parents=True, exist_ok=True)
    (out / BUYER / f"{stem}.docx").write_bytes(data)
    (out / f"{stem}.docx").write_bytes(write(data, confirmed))
    (out / "set.toml").write_text(_manifest(stem, form.stem, confirmed), "utf-8")
    return out


def _blanks(name: str, data: bytes) -> list[Blank]:
    trees = parts(data, name)
    for part, root in trees.items():
        if looks_tagged("".join(map(text_of, root.iter(W + "p")))):
            raise AdoptionRefused("{file}, {part}: has tags already; next: use it as a template", file=name, part=part)
    blanks = [blank for part, root in trees.items() for blank in find(part, root)]
    if not blanks:
        raise AdoptionRefused("{file}: found no blank, expected some; next: check that it is a form", file=name)
    return blanks


def _slug(stem: str) -> str:
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "form"


def _manifest(stem: str, title: str, confirmed: list[Confirmed]) -> str:
    """One volume with one section; it is a price volume as soon as a price is asked for."""
    priced = any(re.match(r"price\b", name) for entry in confirmed for name in (entry.field, entry.list))
    volume, words = ("price", "报价文件") if priced else ("commercial", "商务文件")
    title = title.replace("\\", "").replace('"', "")
    return (
        f'name = "buyer-{stem}"\ntitle = "{title}"\nlanguage = "zh-CN"\nlaw = "招标文件格式"\n'
        'rules = ["R06", "R07", "R08"]\n\n'
        f'[[volume]]\nid = "{volume}"\ntitle = "{words}"\ncompartment = "{volume}"\n\n'
        f'[[volume.section]]\nid = "{stem}"\ntitle = "{title}"\ntemplate = "{stem}.docx"\n'
        f'buyer = "{BUYER}/{stem}.docx"\n'
    )

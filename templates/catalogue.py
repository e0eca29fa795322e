"""Template sets and our own forms: a folder with a manifest and Word files, found by name, checked before use.

Adding a set means adding a folder with a `set.toml` (docs/data-model.md); no code names a set.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from templates.errors import TemplateError
from templates.manifest_table import ManifestTable, SetError
from templates.price_named import names_price

SETS = Path(__file__).parent / "sets"
FORMS = Path(__file__).parent / "forms"
COVER = "cover"
COMPARTMENTS = ("commercial", "technical", "price")


_OWN: dict[str, Path] = {}


class UnknownName(TemplateError):
    """A set or form that does not exist."""


@dataclass(frozen=True)
class Section:
    """One document of a volume.

    `template` is filled; documents of the deliverable `input` follow it. `when` names a field ("lot.consortium") that
    must be true or not empty. `price` says that the template names a price.
    `buyer` is the buyer's own form that the template was adopted from.
    """

    id: str
    title: str
    template: Path | None = None
    when: str | None = None
    input: str | None = None
    required: bool = False
    price: bool = False
    buyer: Path | None = None

    def applies(self, fields: Mapping[str, Any]) -> bool:
        """Return whether the bid has this section; a field that a tender does not have is not true."""
        value: Any = fields
        for name in self.when.split(".") if self.when else ():
            value = value.get(name) if isinstance(value, Mapping) else None
        return self.when is None or bool(value)


@dataclass(frozen=True)
class Volume:
    """One volume (分册) and the compartment that it is sealed into."""

    id: str
    title: str
    compartment: str
    sections: tuple[Section, ...]


@dataclass(frozen=True)
class TemplateSet:
    """A template set: its volumes in order, the rejection rules that apply, and defaults for its own fields.

    `regime` names the law that a tender with this set stands under (`bidding-law`, `procurement-law`), if it says so.
    """

    name: str
    title: str
    language: str
    law: str
    rules: tuple[str, ...]
    volumes: tuple[Volume, ...]
    folder: Path
    defaults: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    regime: str = ""

    def complete(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Return `fields` over the set's own defaults, with `contents`: the titles of the documents that apply."""
        fields = over(self.defaults, fields)
        titles = [section.title for _, section in self.sections() if section.applies(fields) and section.id != COVER]
        return {**fields, "contents": titles}

    def sections(self) -> tuple[tuple[Volume, Section], ...]:
        """Return every section with its volume, in the order of the bid."""
        return tuple((volume, section) for volume in self.volumes for section in volume.sections)


def sets() -> tuple[str, ...]:
    """Return the names of the sets that come with the product."""
    return tuple(sorted(path.parent.name for path in SETS.glob("*/set.toml")))


def forms() -> tuple[str, ...]:
    """Return the names of our own forms."""
    return tuple(sorted(path.stem for path in FORMS.glob("*.docx")))


def form(name: str) -> Path:
    """Return the Word file of one of our own forms.

    Raises:
        UnknownName: there is no such form.
    """
    if name not in forms():
        raise UnknownName(
            "Form: found {found}, expected one of {expected}; next: tender templates list",
            found=name,
            expected=", ".join(forms()),
        )
    return FORMS / f"{name}.docx"


def register(name: str, folder: Path) -> None:
    """Let `load` find a tender's own set under the name that its content gives it, see `own_set.name_of`."""
    _OWN[name] = folder


def load(name_or_path: str | Path) -> TemplateSet:
    """Return a set by its name, or the set that a folder (a tender's own) holds.

    Raises:
        UnknownName: neither a set nor a folder with a `set.toml`.
        SetError: the manifest is wrong; the message names file, table, key, found and expected.
    """
    own = _OWN.get(str(name_or_path))
    by_path = isinstance(name_or_path, Path) or "/" in name_or_path
    folder = own or (Path(name_or_path) if by_path else SETS / name_or_path)
    manifest = folder / "set.toml"
    if not manifest.is_file():
        raise UnknownName(
            "Template set: found {found}, expected one of {expected} or a folder with a set.toml; "
            "next: tender templates list",
            found=str(name_or_path),
            expected=", ".join(sets()),
        )
    return _read(manifest)


def _read(manifest: Path) -> TemplateSet:
    try:
        data = tomllib.loads(manifest.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SetError(
            "{file}: found {found}, expected TOML; next: correct it",
            file=f"{manifest.parent.name}/set.toml",
            found=str(error),
        ) from error
    top = ManifestTable(manifest, "top level", data)
    top.only("name", "title", "language", "law", "regime", "rules", "volume", "defaults")
    volumes = tuple(_volume(table, manifest.parent) for table in top.tables("volume", "id", required=True))
    return TemplateSet(
        name=top.text("name"),
        title=top.text("title"),
        language=top.text("language"),
        law=top.text("law"),
        rules=top.matching("rules", r"R\d\d"),
        volumes=volumes,
        folder=manifest.parent,
        defaults=MappingProxyType(top.mapping("defaults")),
        regime=top.optional("regime") or "",
    )


def _volume(table: ManifestTable, folder: Path) -> Volume:
    table.only("id", "title", "compartment", "section")
    compartment = table.one_of("compartment", COMPARTMENTS)
    sections = tuple(_section(inner, folder, compartment) for inner in table.tables("section", "id", required=True))
    return Volume(table.slug("id"), table.text("title"), compartment, sections)


def _section(table: ManifestTable, folder: Path, compartment: str) -> Section:
    table.only("id", "title", "template", "when", "input", "required", "buyer")
    template = table.file("template", folder)
    deliverable = table.optional("input")
    if template is None and deliverable is None:
        raise table.error("template", "nothing", "a template, an input, or both")
    price = template is not None and names_price(template)
    if price and compartment != "price":
        raise table.error("template", f"{table.data['template']} with a price field", "no price outside a price volume")
    return Section(
        id=table.slug("id"),
        title=table.text("title"),
        template=template,
        when=table.dotted("when"),
        input=deliverable,
        required=table.flag("required"),
        price=price,
        buyer=table.file("buyer", folder),
    )


def over(under: Mapping[str, Any], upper: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of `upper` laid over those of `under`, table by table; lists are replaced whole."""
    merged = dict(under)
    for key, value in upper.items():
        below = merged.get(key)
        if isinstance(value, Mapping) and isinstance(below, Mapping):
            merged[key] = over(below, value)
        else:
            merged[key] = value
    return merged

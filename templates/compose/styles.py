"""The styles of a volume: those in use are taken from each document, renamed only where same-named ones differ."""

import copy
from collections.abc import Iterable

from lxml import etree

from templates.compose.package import remove
from templates.compose.theme import Theme
from templates.tree import W

USERS = [W + n for n in ("pStyle", "rStyle", "tblStyle")]
_IGNORED = [
    W + n
    for n in (
        *("rsid", "uiPriority", "semiHidden", "unhideWhenUsed", "qFormat", "locked", "aliases", "next", "link"),
        *("autoRedefine", "personal", "personalCompose", "personalReply"),
    )
]
_LEFT_OUT = [W + n for n in ("rsid", "aliases", "autoRedefine", "personal", "personalCompose", "personalReply")]
# What Word uses where neither a style nor the document's defaults say anything.
_BUILT_IN = {
    "spacing": {"before": "0", "after": "0", "line": "240", "lineRule": "auto"},
    "sz": {"val": "20"},
    "szCs": {"val": "20"},
    "kern": {"val": "0"},
    "jc": {"val": "left"},
    "color": {"val": "auto"},
    "rFonts": {"ascii": "Times New Roman", "hAnsi": "Times New Roman", "eastAsia": "Times New Roman"},
}
_PROPERTIES = {"pPr": "pPrDefault", "rPr": "rPrDefault"}


class Sheet:
    """The styles of one document, theme fonts resolved."""

    def __init__(self, root: etree._Element | None, theme: Theme) -> None:
        self.root = root if root is not None else etree.Element(W + "styles")
        theme.resolve(self.root)
        self.styles = {style.get(W + "styleId", ""): style for style in self.root.iter(W + "style")}
        self.defaults = {
            style.get(W + "type", ""): key for key, style in self.styles.items() if style.get(W + "default") == "1"
        }
        found = self.root.find(W + "docDefaults")
        self.doc_defaults = found if found is not None else etree.Element(W + "docDefaults")

    def closure(self, used: Iterable[str]) -> list[str]:
        """The used styles and all that they are based on, bases first."""
        order: dict[str, None] = {}

        def add(key: str, seen: tuple[str, ...]) -> None:
            if key in self.styles and key not in order and key not in seen:
                if (base := self.base(key)) is not None:
                    add(base, (*seen, key))
                order[key] = None

        for key in used:
            add(key, ())
        return list(order)

    def base(self, key: str) -> str | None:
        """The style that a style is based on."""
        node = self.styles[key].find(W + "basedOn")
        return node.get(W + "val") if node is not None else None

    def numbers(self, keys: Iterable[str]) -> set[str]:
        """The numbering instances that styles name."""
        found = (self.styles[key].iter(W + "numId") for key in keys)
        return {node.get(W + "val", "") for nodes in found for node in nodes}


class StyleBook:
    """Collects the styles of a volume."""

    def __init__(self) -> None:
        self.root = etree.Element(W + "styles", nsmap={"w": W[1:-1]})
        self._first: Sheet | None = None
        self._signatures: dict[str, bytes] = {}
        self._names: set[str] = set()

    def adopt(self, sheet: Sheet, used: Iterable[str], number: int) -> dict[str, str]:
        """Plan new ids for the styles that document `number` uses; `write` puts them into the book.

        The result maps old ids to new ones. Styles of a numbered list are always renamed: their numbers start again.
        """
        if self._first is None:
            self._first = sheet
            self.root.append(copy.deepcopy(sheet.doc_defaults))
            latent = sheet.root.find(W + "latentStyles")
            if latent is not None:
                self.root.append(latent)
        signatures: dict[str, bytes] = {}
        names: dict[str, str] = {}
        for key in sheet.closure(used):
            base = sheet.base(key)
            signature = self._signature(sheet, key, signatures.get(base or "", b""), number)
            new = key
            if self._signatures.get(key, signature) != signature:
                new = f"P{number}{key}"
            signatures[key], names[key] = signature, new
        return names

    def write(self, sheet: Sheet, names: dict[str, str], numbers: dict[str, str], number: int) -> dict[str, str]:
        """Add the planned styles that the book lacks. The result maps folded style names to the new names."""
        renamed: dict[str, str] = {}
        for old, new in names.items():
            if new in self._signatures:
                continue
            base = names.get(sheet.base(old) or "")
            base_signature = self._signatures.get(base, b"") if base else b""
            self._signatures[new] = self._signature(sheet, old, base_signature, number)
            self.root.append(self._copy(sheet, old, names, numbers, number, renamed))
        return renamed

    def defaults(self, sheet: Sheet, names: dict[str, str]) -> dict[str, str]:
        """By kind, the style that a document's unstyled content must name because the volume's default is another."""
        first = self._first.defaults if self._first is not None else {}
        pairs = {kind: names.get(sheet.defaults.get(kind, ""), "") for kind in ("paragraph", "table")}
        return {kind: new for kind, new in pairs.items() if new and new != first.get(kind)}

    def _signature(self, sheet: Sheet, key: str, base: bytes, number: int) -> bytes:
        style = copy.deepcopy(sheet.styles[key])
        numbered = next(style.iter(W + "numId"), None) is not None
        for node in list(style.iter(*_IGNORED)):
            remove(node)
        context = etree.tostring(sheet.doc_defaults, method="c14n")
        own = etree.tostring(style, method="c14n")
        return b"|".join((own, base, context, str(number).encode() if numbered else b""))

    def _copy(
        self,
        sheet: Sheet,
        old: str,
        names: dict[str, str],
        numbers: dict[str, str],
        number: int,
        renamed: dict[str, str],
    ) -> etree._Element:
        style = copy.deepcopy(sheet.styles[old])
        style.set(W + "styleId", names[old])
        if sheet is not self._first:
            style.attrib.pop(W + "default", "")
        for node in list(style.iter(*_LEFT_OUT)):
            remove(node)
        for tag in ("basedOn", "next", "link"):
            _point(style, W + tag, names)
        for node in style.iter(W + "numId"):
            node.set(W + "val", numbers.get(node.get(W + "val", ""), "0"))
        self._name(style, number, renamed)
        if sheet.base(old) is None and style.get(W + "type") == "paragraph" and sheet is not self._first:
            self._bake(style, sheet)
        return style

    def _name(self, style: etree._Element, number: int, renamed: dict[str, str]) -> None:
        node = style.find(W + "name")
        name = node.get(W + "val", "") if node is not None else ""
        new = name
        if name.casefold() in self._names:
            new = f"{name} ({number})"
            renamed[name.casefold()] = new
        if node is not None:
            node.set(W + "val", new)
        self._names.add(new.casefold())

    def _bake(self, style: etree._Element, sheet: Sheet) -> None:
        """Write a document's own defaults into its root styles where they differ from the volume's."""
        first = self._first.doc_defaults if self._first is not None else sheet.doc_defaults
        for kind, holder in _PROPERTIES.items():
            path = f"{W}{holder}/{W}{kind}"
            theirs, ours = sheet.doc_defaults.find(path), first.find(path)
            wanted = {node.tag: node for node in theirs} if theirs is not None else {}
            given = {node.tag: node for node in ours} if ours is not None else {}
            for tag in dict.fromkeys([*wanted, *given]):
                values = _values(wanted.get(tag), tag)
                if values is not None and values != _values(given.get(tag), tag):
                    _put(style, kind, tag, values)


def _point(style: etree._Element, tag: str, names: dict[str, str]) -> None:
    node = style.find(tag)
    if node is None:
        return
    if (new := names.get(node.get(W + "val", ""))) is not None:
        node.set(W + "val", new)
    else:
        style.remove(node)


def _values(node: etree._Element | None, tag: str) -> dict[str, str] | None:
    """The attributes of a default with the built-in ones beneath; None where neither says anything."""
    built_in = {W + key: value for key, value in _BUILT_IN.get(tag.removeprefix(W), {}).items()}
    if node is None and not built_in:
        return None
    return {**built_in, **({str(key): str(value) for key, value in node.attrib.items()} if node is not None else {})}


def _put(style: etree._Element, kind: str, tag: str, values: dict[str, str]) -> None:
    """Add a property to a style's `pPr` or `rPr`; what the style itself says wins."""
    holder = style.find(W + kind)
    if holder is None:
        holder = etree.SubElement(style, W + kind)
        if kind == "pPr" and (runs := style.find(W + "rPr")) is not None:
            runs.addprevious(holder)
    node = holder.find(tag)
    if node is None:
        node = etree.SubElement(holder, tag)
        sort_properties(holder)
    for key, value in values.items():
        if key not in node.attrib:
            node.set(key, value)


def sort_properties(holder: etree._Element) -> None:
    """Order the properties of a paragraph or run as the schema asks; unknown ones keep their place at the end."""
    order = {W + name: index for index, name in enumerate(_ORDER)}
    holder[:] = sorted(holder, key=lambda node: order.get(node.tag, len(order)))


_ORDER = (
    *("pStyle", "keepNext", "keepLines", "pageBreakBefore", "framePr", "widowControl", "numPr", "suppressLineNumbers"),
    *("pBdr", "shd", "tabs", "suppressAutoHyphens", "kinsoku", "wordWrap", "overflowPunct", "topLinePunct"),
    *("autoSpaceDE", "autoSpaceDN", "bidi", "adjustRightInd", "snapToGrid", "spacing", "ind", "contextualSpacing"),
    *("mirrorIndents", "suppressOverlap", "jc", "textDirection", "textAlignment", "textboxTightWrap", "outlineLvl"),
    *("divId", "cnfStyle", "rStyle", "rFonts", "b", "bCs", "i", "iCs", "caps", "smallCaps", "strike", "dstrike"),
    *("outline", "shadow", "emboss", "imprint", "noProof", "vanish", "webHidden", "color", "w", "kern", "position"),
    *("sz", "szCs", "highlight", "u", "effect", "bdr", "fitText", "vertAlign", "rtl", "cs", "em", "lang"),
    *("eastAsianLayout", "specVanish", "oMath", "rPr", "sectPr", "pPrChange"),
)

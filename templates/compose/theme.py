"""Theme fonts and colours turned into plain ones, because a volume has one theme and its parts have several."""

from lxml import etree

from templates.tree import W

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_SCRIPTS = {"ja": "Jpan", "zh-tw": "Hant", "zh-hk": "Hant", "zh": "Hans", "ko": "Hang"}
_PLAIN = {"asciiTheme": "ascii", "hAnsiTheme": "hAnsi", "eastAsiaTheme": "eastAsia", "cstheme": "cs"}
_COLOURED = [
    W + n
    for n in (
        "color",
        "shd",
        "u",
        "bdr",
        "top",
        "left",
        "bottom",
        "right",
        "start",
        "end",
        "insideH",
        "insideV",
        "between",
    )
]
_COLOURS = ("themeColor", "themeTint", "themeShade", "themeFill", "themeFillTint", "themeFillShade")


class Theme:
    """The fonts of one document's theme; `language` is the East Asian language of its settings."""

    def __init__(self, theme: etree._Element | None, language: str = "") -> None:
        self._theme = theme
        self._fonts: dict[str, str | None] = {}
        folded = language.casefold()
        self._script = _SCRIPTS.get(folded) or _SCRIPTS.get(folded.partition("-")[0])

    def resolve(self, root: etree._Element) -> None:
        """Replace the theme attributes below `root`; the plain colour always stands beside the theme's."""
        for fonts in root.iter(W + "rFonts"):
            for themed, plain in _PLAIN.items():
                if (reference := str(fonts.attrib.pop(W + themed, ""))) and (name := self.font(reference)):
                    fonts.set(W + plain, name)
        for node in root.iter(*_COLOURED):
            for colour in _COLOURS:
                node.attrib.pop(W + colour, "")

    def font(self, reference: str) -> str | None:
        """The family that a reference such as `minorEastAsia` means; None when the theme leaves it open."""
        if reference not in self._fonts:
            self._fonts[reference] = self._find(reference)
        return self._fonts[reference]

    def _find(self, reference: str) -> str | None:
        group = self._theme.find(f".//{_A}{reference[:5]}Font") if self._theme is not None else None
        if group is None:
            return None
        kind = {"EastAsia": "ea", "Bidi": "cs"}.get(reference[5:], "latin")
        plain = group.find(_A + kind)
        if plain is not None and plain.get("typeface"):
            return plain.get("typeface")
        if kind != "ea" or self._script is None:
            return None
        scripts = {node.get("script"): node.get("typeface") for node in group.iter(_A + "font")}
        return scripts.get(self._script) or None


def east_asian_language(settings: etree._Element | None) -> str:
    """The East Asian language of `w:themeFontLang`, or nothing."""
    node = settings.find(W + "themeFontLang") if settings is not None else None
    return (node.get(W + "eastAsia") or "") if node is not None else ""

"""Which free faces stand for the fonts that tender documents name, and the fontconfig file that tells LibreOffice so.

Fonts are looked for in the system's folders and in the folder named by `TENDERFLOW_FONTS`
(by default `share/fonts` of the virtual environment, where `scripts/system.sh` puts the Fandol faces).
"""

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

from templates.errors import TemplateError

# Names that documents use → faces that may stand for them, best first. A face of that very name always wins.
STAND_INS: dict[tuple[str, ...], tuple[str, ...]] = {
    ("宋体", "SimSun", "NSimSun", "新宋体", "华文宋体", "STSong"): ("Noto Serif CJK SC", "FandolSong"),
    ("仿宋", "仿宋_GB2312", "FangSong", "FangSong_GB2312", "华文仿宋", "STFangsong"): ("FandolFang",),
    ("黑体", "SimHei", "微软雅黑", "Microsoft YaHei", "等线", "DengXian", "华文黑体"): (
        "Noto Sans CJK SC",
        "FandolHei",
    ),
    ("楷体", "楷体_GB2312", "KaiTi", "KaiTi_GB2312", "华文楷体", "STKaiti"): ("FandolKai",),
    ("MS Mincho", "ＭＳ 明朝", "MS 明朝"): ("Noto Serif CJK SC",),
    ("MS Gothic", "ＭＳ ゴシック", "MS ゴシック"): ("Noto Sans CJK SC",),
    ("Times New Roman", "Times"): ("Liberation Serif",),
    ("Arial", "Helvetica"): ("Liberation Sans",),
    ("Courier New", "Courier"): ("Liberation Mono",),
    ("Calibri",): ("Carlito",),
    ("Cambria",): ("Caladea",),
    ("Symbol", "Wingdings", "Wingdings 2", "Wingdings 3"): ("OpenSymbol", "Standard Symbols PS"),
}
# Faces that may lend single glyphs (rare characters, ☑) that the face in use has not.
LENDERS = ("Noto Serif CJK SC", "Noto Sans CJK SC", "OpenSymbol", "DejaVu Sans")
_SETUP = "run scripts/system.sh"


class MissingFonts(TemplateError):
    """A face without which documents do not print as they should is not installed."""


@dataclass(frozen=True)
class Face:
    """A font that documents ask for and that no installed face may stand for."""

    name: str
    wanted: tuple[str, ...]
    next_step: str


def folder() -> Path:
    """The folder of the project's own fonts."""
    return Path(os.environ.get("TENDERFLOW_FONTS") or Path(sys.prefix) / "share" / "fonts").absolute()


def config_file() -> Path:
    """The private fontconfig file for LibreOffice, written once under the user's cache folder."""
    text = _config(folder())
    root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tenderflow"
    path = root / f"fonts-{hashlib.sha256(text.encode()).hexdigest()[:16]}.conf"
    if not path.exists():
        root.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}")
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    return path


def environment() -> dict[str, str]:
    """The environment in which LibreOffice and `fc-match` see these faces."""
    return {**os.environ, "FONTCONFIG_FILE": str(config_file())}


def missing() -> list[Face]:
    """Every font of the table that nothing installed may stand for, with the next step; empty when all is well."""
    return [Face(names[0], faces, _SETUP) for names, faces in STAND_INS.items() if not is_printable(names[0])]


def require() -> None:
    """Raise `MissingFonts` unless every font of the table can be printed."""
    if lacking := missing():
        raise MissingFonts(
            "fonts: found none for {names}, expected one of {faces} for each; next: {next_step}",
            names=", ".join(face.name for face in lacking),
            faces="; ".join(" / ".join(face.wanted) for face in lacking),
            next_step=_SETUP,
        )


def is_printable(family: str) -> bool:
    """Whether `family` is installed itself or a face that may stand for it is."""
    return not {_fold(name) for name in (family, *stand_ins(family))}.isdisjoint(_match(family).families)


def stand_ins(family: str) -> tuple[str, ...]:
    """The names under which `family` is known and the faces that may stand for it; empty for an unknown font."""
    wanted = _fold(family)
    return next((names + faces for names, faces in STAND_INS.items() if wanted in map(_fold, names + faces)), ())


def is_printed_by(postscript_name: str, families: Iterable[str]) -> bool:
    """Whether a font found in a PDF is the face of one of `families` or lends glyphs to them."""
    faces = {_base(_match(family).postscript) for family in (*families, *LENDERS)}
    return _base(postscript_name) in faces


@cache
def file(family: str, *, bold: bool = False) -> tuple[Path, int]:
    """The font file and the index within it of the face that prints `family`, for drawing pages without LibreOffice."""
    if not is_printable(family):
        raise MissingFonts("font: found no face for {name}; next: {next_step}", name=family, next_step=_SETUP)
    found = _match(family, "bold" if bold else "regular")
    return found.path, found.index


@dataclass(frozen=True)
class _Match:
    families: frozenset[str]
    postscript: str
    path: Path
    index: int


@cache
def _match(family: str, style: str = "regular") -> _Match:
    escaped = re.sub(r"([\\\-:,])", r"\\\1", family)
    form = "%{family}|%{postscriptname}|%{file}|%{index}"
    families, postscript, path, index = _run("fc-match", "-f", form, f"{escaped}:{style}").split("|")
    # The high half of fontconfig's index numbers the instances of a variable font.
    return _Match(frozenset(map(_fold, families.split(","))), postscript, Path(path), int(index) & 0xFFFF)


def _run(*command: str) -> str:
    try:
        return subprocess.run(command, env=environment(), capture_output=True, check=True, timeout=30, text=True).stdout
    except FileNotFoundError as error:
        raise MissingFonts("fonts: the program fc-match is missing; next: {next_step}", next_step=_SETUP) from error


def _fold(family: str) -> str:
    return family.casefold().replace(" ", "")


def _base(postscript_name: str) -> str:
    """`BAAAAA+NotoSerifCJKsc-Bold` → `notoserifcjk`: the regional faces of a Noto collection share one font program."""
    base = _fold(re.split(r"[-,]", postscript_name.rpartition("+")[2])[0])
    return re.sub(r"^(noto(?:sans|serif)cjk)(?:jp|kr|sc|tc|hk)$", r"\1", base)


def _config(own: Path) -> str:
    aliases = "\n".join(
        f'<alias binding="strong"><family>{escape(name)}</family><accept>'
        + "".join(f"<family>{escape(face)}</family>" for face in faces)
        + "</accept></alias>"
        for names, faces in STAND_INS.items()
        for name in names
    )
    lenders = "".join(f"<string>{escape(face)}</string>" for face in LENDERS)
    return (
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig>\n'
        f"<dir>{escape(str(own))}</dir>\n{aliases}\n"
        f'<match target="pattern"><edit name="family" mode="append" binding="strong">{lenders}</edit></match>\n'
        '<include ignore_missing="yes">/etc/fonts/fonts.conf</include>\n</fontconfig>\n'
    )

"""PublicWords for people in Chinese and English from one gettext catalogue.

The language is chosen once, before any command is loaded, because help texts are read while the commands are defined:
`--lang zh`, then TENDERFLOW_LANG, then LC_ALL, LC_MESSAGES, LANG.
"""

import gettext as _gettext
import os
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from flows.errors import PublicWords

LOCALE_FOLDER = Path(__file__).parent / "locale"
LANGUAGES = {"zh": "zh_CN", "en": "en"}

_SIGNED = re.compile(
    r"(?P<role>[\w-]+): (?P<person>\S+) \((?P<verdict>[\w-]+)\)"
    r"(, for (?P<principal>[^ ,]+))?(, on paper, witnessed by (?P<witnesses>.+))?"
)
_PLACE = re.compile(r"line (\d+), column (\d+)")

_translations: _gettext.NullTranslations = _gettext.NullTranslations()
_language = "en"


def choose(arguments: Sequence[str], environment: dict[str, str] | None = None) -> str:
    """Return `zh` or `en` for a command line (argv without the program) and an environment."""
    environment = dict(os.environ) if environment is None else environment
    for position, argument in enumerate(arguments):
        if argument.startswith("--lang="):
            return _known(argument.removeprefix("--lang="))
        if argument == "--lang" and position + 1 < len(arguments):
            return _known(arguments[position + 1])
    for name in ("TENDERFLOW_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if environment.get(name):
            return _known(environment[name])
    return "en"


def _known(wish: str) -> str:
    return "zh" if wish.lower().startswith("zh") else "en"


def use(language: str) -> None:
    """Translate from now on into `zh` or `en`; English message ids stand for themselves."""
    global _translations, _language
    _language = language
    code = LANGUAGES[language]
    _translations = _gettext.translation("tenderflow", LOCALE_FOLDER, languages=[code], fallback=True)


def language() -> str:
    """Return the language in use, `zh` or `en`."""
    return _language


def _(message: str) -> str:
    """Return `message` in the language in use."""
    return _translations.gettext(message) if message else ""


@cache
def _chinese() -> _gettext.NullTranslations:
    return _gettext.translation("tenderflow", LOCALE_FOLDER, languages=[LANGUAGES["zh"]], fallback=True)


def chinese(message: str) -> str:
    """Return `message` in Chinese, whatever the language in use: for the company's own forms."""
    return _chinese().gettext(message) if message else ""


def say(error: Exception) -> str:
    """Return what an error tells a person, in the language in use.

    Errors of the rooms carry a message id and values; anything else speaks for itself.
    """
    message = getattr(error, "message", None)
    values = getattr(error, "values", None)
    if isinstance(message, str) and isinstance(values, dict):
        return _(message).format(**{name: _value(each) for name, each in values.items()})
    return str(error)


def _value(value: object) -> object:
    if isinstance(value, PublicWords):
        return "; ".join(map(words, value.split("; ")))
    return place(value) if isinstance(value, str) else value


def words(public: str, separator: str = ": ") -> str:
    """Return what the procedure says of a stage (`leader: qian.wei`, `handler+leader`) in the language in use.

    Of a signature (`handler: zhao.min (sign), for li.na`) its verdict is said too.
    """
    signed = _SIGNED.fullmatch(public)
    if signed is None:
        return separator.join(_(part) for part in public.split(separator))
    said = f"{_(signed['role'])}: {signed['person']} ({_(signed['verdict'])})"
    if signed["principal"]:
        said += _(", for {person}").format(person=signed["principal"])
    if signed["witnesses"]:
        said += _(", on paper, witnessed by {people}").format(people=signed["witnesses"])
    return said


def place(text: str) -> str:
    """Return where a mistake stands (`line 3, column 7`) in the language in use; cells have names of their own."""
    found = _PLACE.fullmatch(text)
    return _("line {line}, column {column}").format(line=found[1], column=found[2]) if found else text

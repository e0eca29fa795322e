"""A field's value as XML text: escaped, with line breaks, and refused when it is not ready to print."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

# Characters that need work: XML's own, line ends and tabs, controls, lone surrogates, noncharacters, our delimiter.
SPECIAL = re.compile("[&<>\"'\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\U0010fffd]")
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\U0010fffd]")
_BREAK = '</w:t><w:br/><w:t xml:space="preserve">'
_TAB = '</w:t><w:tab/><w:t xml:space="preserve">'


class UnprintableValue(Exception):
    """A value that must not be printed; the argument says why, without the value."""


def text_xml(value: object) -> str:
    """XML for a value inside `w:t`: escaped, "\\n" as a line break, "\\t" as a tab.

    Takes text, int and Decimal. Anything else is refused: None and booleans because they would print as words of
    Python, float because money is never one, dates because their form is the template set's business (wording.py).
    """
    return plain_xml(value).replace("\n", _BREAK).replace("\t", _TAB)


def plain_xml(value: object) -> str:
    """XML for a value outside runs: attributes and document properties."""
    text = _plain(value)
    if SPECIAL.search(text) is None:
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    found = _FORBIDDEN.search(text)
    if found is not None:
        raise UnprintableValue(f"control character U+{ord(found[0]):04X} in the value; next: clean the data")
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace('"', "&quot;").replace("'", "&#39;")


def _plain(value: object) -> str:
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Decimal) and value.is_finite():
        return format(value, "f")
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if value is None:
        raise UnprintableValue("the field is empty (None); next: give a value or test it with {% if %}")
    kind = "a group of fields" if isinstance(value, Mapping) else type(value).__name__
    raise UnprintableValue(f"{kind} is not text ready to print; next: format it first (templates.wording)")

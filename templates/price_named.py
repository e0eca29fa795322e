"""Whether a Word template names a price, read from its tags without filling it."""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from templates.tags import find_tags

PRICE = re.compile(r"(?<![\w.])price\b")
ELEMENT = re.compile(r"<[^>]*>")


def names_price(template: Path) -> bool:
    """Return whether any tag of any part of `template` names the field `price`, in whatever way it is written."""
    return any(PRICE.search(code) for code in _codes(template))


def _codes(template: Path) -> Iterator[str]:
    with zipfile.ZipFile(template) as package:
        for name in package.namelist():
            if name.endswith((".xml", ".rels")):
                xml = package.read(name).decode("utf-8")
                # Tags may be split over runs, or stand whole in an attribute.
                for text in (ELEMENT.sub("", xml), xml):
                    yield from (tag.code for _, _, tag in find_tags(text))

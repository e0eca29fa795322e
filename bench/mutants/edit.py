"""Small edits of a bid: text in a Word file, paragraphs put in or taken out, values of the record."""

import random
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any

from lxml import etree

from flows.steps.checks.bid import BidUnderCheck
from flows.steps.tender import Tender

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
Repl = str | Callable[[re.Match[str]], str]


def body(content: bytes) -> Any:
    """Return the parsed body part of a Word file."""
    with zipfile.ZipFile(BytesIO(content)) as package:
        return etree.fromstring(package.read("word/document.xml"))


def packed(content: bytes, root: Any, extra: dict[str, bytes] | None = None) -> bytes:
    """Return the Word file with another body part and other parts put in."""
    parts = {"word/document.xml": etree.tostring(root, xml_declaration=True, encoding="UTF-8"), **(extra or {})}
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as package, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in package.namelist():
            new.writestr(entry, parts.pop(entry) if entry in parts else package.read(entry))
        for name, data in parts.items():
            new.writestr(name, data)
    return out.getvalue()


def text_of(paragraph: Any) -> str:
    """Return the text of a paragraph."""
    return "".join(t.text or "" for t in paragraph.iter(f"{W}t"))


def write_text(paragraph: Any, text: str) -> None:
    """Put the whole text into the paragraph's first text element."""
    first, *rest = list(paragraph.iter(f"{W}t"))
    first.text = text
    for other in rest:
        other.text = ""


def with_document(bid: BidUnderCheck, name: str, content: bytes) -> BidUnderCheck:
    """Return the bid with one document replaced."""
    return replace(bid, documents={**bid.documents, name: content})


def substitute(
    bid: BidUnderCheck, rng: random.Random, pattern: str, repl: Repl, where: str = "", *, everywhere: bool = False
) -> BidUnderCheck | None:
    """Replace one random match of `pattern` in documents whose name matches `where`; None when there is none."""
    roots = {name: body(content) for name, content in bid.documents.items() if re.search(where, name)}
    fits = [(name, p) for name, root in roots.items() for p in root.iter(f"{W}p") if re.search(pattern, text_of(p))]
    if not fits:
        return None
    chosen = fits if everywhere else [rng.choice(fits)]
    for _name, paragraph in chosen:
        write_text(paragraph, re.sub(pattern, repl, text_of(paragraph), count=0 if everywhere else 1))
    for name in {name for name, _p in chosen}:
        bid = with_document(bid, name, packed(bid.documents[name], roots[name]))
    return bid


def insert(bid: BidUnderCheck, rng: random.Random, text: str, where: str = "", style: str = "") -> BidUnderCheck:
    """Put a paragraph at a random place between the paragraphs of a random document."""
    name = rng.choice([name for name in bid.documents if re.search(where, name)] or list(bid.documents))
    root = body(bid.documents[name])
    paragraph = etree.SubElement(root[0], f"{W}p")
    if style:
        etree.SubElement(etree.SubElement(paragraph, f"{W}pPr"), f"{W}outlineLvl").set(f"{W}val", style)
    etree.SubElement(etree.SubElement(paragraph, f"{W}r"), f"{W}t").text = text
    own = [child for child in root[0] if child.tag == f"{W}p"][:-1]
    if own and not style:
        own[rng.randrange(len(own))].addnext(paragraph)
    elif root[0].find(f"{W}sectPr") is not None:
        root[0].find(f"{W}sectPr").addprevious(paragraph)
    return with_document(bid, name, packed(bid.documents[name], root))


def rows(bid: BidUnderCheck, where: str, pattern: str) -> Iterator[tuple[str, Any, Any]]:
    """Yield (document, root, row) of table rows whose text matches."""
    for name, content in bid.documents.items():
        if re.search(where, name):
            root = body(content)
            for row in root.iter(f"{W}tr"):
                if re.search(pattern, "|".join(text_of(c) for c in row.iter(f"{W}tc"))):
                    yield name, root, row


def record(bid: BidUnderCheck, change: Callable[[dict[str, Any]], None]) -> BidUnderCheck:
    """Return the bid with its record changed; `change` edits the JSON values."""
    assert bid.record is not None
    data = bid.record.record()
    change(data)
    return replace(bid, record=Tender.model_validate(data))


def other_digit(rng: random.Random, text: str) -> str:
    """Return `text` with one digit changed."""
    places = [n for n, letter in enumerate(text) if letter.isdigit()]
    at = rng.choice(places)
    digit = rng.choice([d for d in "123456789" if d != text[at]])
    return text[:at] + digit + text[at + 1 :]


def letter(bid: BidUnderCheck) -> str:
    """Return the pattern of the bid letter's document name."""
    return next(d.name for d in bid.read if any(b.part == "bid-letter" for b in d.blocks))

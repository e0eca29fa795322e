"""Whether the buyer's form stands in a composed volume: its printed words by paragraph, and nothing between."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lxml import etree

from templates.adopt.compare import Difference, pattern
from templates.adopt.form import letters, parts, text_of
from templates.tree import W

BODY = "word/document.xml"


def words_within(buyer: bytes, volume: bytes) -> list[Difference]:
    """Return how a volume's words differ from the buyer's form other than in its blanks; an empty list is the proof.

    A composed volume has styles and numbers of its own, so formats are not compared: see `only_blanks_changed` for a
    document that has not been joined with others.

    Args:
        buyer: the buyer's .docx as it came.
        volume: the .docx that holds the filled form among others.

    Raises:
        RefusedFile: one of the two is no harmless .docx.
    """
    theirs = [p for p in parts(buyer)[BODY].iter(W + "p") if text_of(p).strip()]
    ours = [p for p in parts(volume)[BODY].iter(W + "p") if text_of(p).strip()]
    patterns = [re.compile(pattern(each), re.DOTALL) for each in theirs]
    texts = ["".join(letter.text for letter in letters(each)) for each in ours]
    end, missing = _forward(patterns, texts)
    if missing:
        return [Difference(f"paragraph {i + 1}", "missing", text_of(theirs[i]).strip()[:60]) for i in missing]
    taken = _backward(patterns, texts, end)
    between = [i for i in range(min(taken, default=0), end) if i not in taken and not _in_table(ours[i])]
    return [
        Difference(f"paragraph {i + 1} of the volume", f"added: {texts[i].strip()[:60]}", "nothing") for i in between
    ]


def _forward(patterns: Sequence[re.Pattern[str]], texts: Sequence[str]) -> tuple[int, list[int]]:
    """Return behind which text the form can end at the earliest, and the numbers of what stands nowhere."""
    at, missing = 0, []
    for number, wanted in enumerate(patterns):
        found = next((i for i in range(at, len(texts)) if wanted.fullmatch(texts[i])), None)
        if found is None:
            missing.append(number)
        else:
            at = found + 1
    return at, missing


def _backward(patterns: Sequence[re.Pattern[str]], texts: Sequence[str], end: int) -> set[int]:
    """Return which texts the form takes when it begins as late as it can: a title stands in the contents as well."""
    taken, at = set(), end
    for wanted in reversed(patterns):
        at = next(i for i in range(at - 1, -1, -1) if wanted.fullmatch(texts[i]))
        taken.add(at)
    return taken


def _in_table(paragraph: etree._Element) -> bool:
    """A list of the form grows by rows."""
    return next(paragraph.iterancestors(W + "tbl"), None) is not None

"""Bookmarks and the fields that point at them, made unique over the documents of a volume."""

import hashlib
import itertools
import re
from collections.abc import Callable, Iterator

from lxml import etree

from templates.tree import W

_TOKEN = re.compile(r'"[^"]*"|\S+')
_LONGEST = 40  # characters that Word allows in a bookmark's name
_BY_BOOKMARK = {"REF", "PAGEREF", "NOTEREF", "FTNREF", "SET", "ASK", "GOTOBUTTON"}


class Bookmarks:
    """Gives every bookmark of every document a name and an id of its own; the first comer keeps its name."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._ids = itertools.count()

    def rename(self, stories: list[etree._Element], number: int) -> dict[str, str]:
        """Rename the bookmarks of document `number`; the result maps folded old names to new ones."""
        names: dict[str, str] = {}
        ids: dict[str, str] = {}
        for mark in (mark for story in stories for mark in story.iter(W + "bookmarkStart")):
            old = mark.get(W + "name", "")
            names.setdefault(old.casefold(), self._free(old, number))
            ids.setdefault(mark.get(W + "id", ""), str(next(self._ids)))
            mark.set(W + "name", names[old.casefold()])
        for mark in (m for story in stories for m in story.iter(W + "bookmarkStart", W + "bookmarkEnd")):
            if (new := ids.get(mark.get(W + "id", ""))) is not None:
                mark.set(W + "id", new)
            else:
                _remove(mark)  # an end without a start would end another document's bookmark
        return names

    def _free(self, name: str, number: int) -> str:
        new = name
        if name.casefold() in self._taken:
            hidden = "_" if name.startswith("_") else ""
            new = f"{hidden}P{number}_{name.lstrip('_')}"
            if len(new) > _LONGEST or new.casefold() in self._taken:
                new = f"{hidden}P{number}_{hashlib.sha256(name.encode()).hexdigest()[:24]}"
        self._taken.add(new.casefold())
        return new


def rewrite_anchors(story: etree._Element, bookmarks: dict[str, str]) -> None:
    """Point the links inside a document at the new names of its bookmarks."""
    for link in story.iter(W + "hyperlink"):
        anchor = link.get(W + "anchor")
        if anchor is not None:
            link.set(W + "anchor", bookmarks.get(anchor.casefold(), anchor))


def rewrite_fields(story: etree._Element, rewrite: Callable[[str], str]) -> None:
    """Pass every field code of a story through `rewrite`; a code split over runs becomes whole."""
    for simple in story.iter(W + "fldSimple"):
        simple.set(W + "instr", rewrite(simple.get(W + "instr", "")))
    for _, pieces in _fields(story):
        old = "".join(piece.text or "" for piece in pieces)
        if (new := rewrite(old)) != old:
            pieces[0].text = new
            for piece in pieces[1:]:
                piece.text = ""


def lock_fields(story: etree._Element, chosen: Callable[[str], bool]) -> None:
    """Keep Word from working out anew those fields of a story whose code is `chosen`."""
    for simple in story.iter(W + "fldSimple"):
        if chosen(simple.get(W + "instr", "")):
            simple.set(W + "fldLock", "1")
    for begin, pieces in _fields(story):
        if chosen("".join(piece.text or "" for piece in pieces)):
            begin.set(W + "fldLock", "1")


def _fields(story: etree._Element) -> Iterator[tuple[etree._Element, list[etree._Element]]]:
    """The beginning and the `w:instrText` elements of each complex field; fields inside a field on their own."""
    stack: list[tuple[etree._Element, list[etree._Element]]] = []
    for node in story.iter(W + "fldChar", W + "instrText"):
        if node.tag == W + "instrText":
            if stack:
                stack[-1][1].append(node)
        elif node.get(W + "fldCharType") == "begin":
            stack.append((node, []))
        elif stack and node.get(W + "fldCharType") == "end" and (field := stack.pop())[1]:
            yield field


def rewriter(bookmarks: dict[str, str], styles: dict[str, str], number: int) -> Callable[[str], str]:
    """A function that turns the field codes of document `number` to the new names of bookmarks, styles, sequences."""

    def bookmark(token: str) -> str:
        bare = token.strip('"')
        return token.replace(bare, bookmarks.get(bare.casefold(), bare)) if bare else token

    def sequence(token: str) -> str:
        # A sequence (图 1, 图 2, …) starts again in each document.
        if not number or token.startswith("\\"):
            return token
        bare = token.strip('"')
        return token.replace(bare, f"{bare}_{number}") if bare else token

    def style(token: str) -> str:
        bare = token.strip('"')
        return f'"{styles[bare.casefold()]}"' if bare.casefold() in styles else token

    def rewrite(code: str) -> str:
        tokens = [(found.start(), found.end(), found[0]) for found in _TOKEN.finditer(code)]
        if not tokens:
            return code
        verb = tokens[0][2].upper()
        texts = [token for _, _, token in tokens]
        change: dict[int, Callable[[str], str]] = {}
        if verb in _BY_BOOKMARK:
            change[1] = bookmark
        elif verb == "SEQ":
            change[1] = sequence
        elif verb == "STYLEREF":
            change[1] = style
        elif verb == "HYPERLINK":
            change.update({i + 1: bookmark for i, text in enumerate(texts) if text == r"\l"})
        elif verb == "TOC":
            change.update({i + 1: bookmark for i, text in enumerate(texts) if text == r"\b"})
            change.update({i + 1: sequence for i, text in enumerate(texts) if text in (r"\c", r"\a", r"\s")})
        elif verb.casefold() in bookmarks:
            change[0] = bookmark
        for index in sorted(change, reverse=True):
            if index < len(tokens):
                start, end, text = tokens[index]
                code = code[:start] + change[index](text) + code[end:]
        if verb.startswith("="):
            code = re.sub(r"\w+", lambda m: bookmarks.get(m[0].casefold(), m[0]), code)
        return code

    return rewrite


def _remove(node: etree._Element) -> None:
    parent = node.getparent()
    if parent is not None:
        parent.remove(node)

"""Compare Word files as documents: what a reader sees, not how runs, ids and namespaces happen to be written."""

from __future__ import annotations

import difflib
import hashlib
import io
import re
import zipfile

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_PART = re.compile(r"word/(document|header\d*|footer\d*|footnotes)\.xml")
_PROPERTIES = {"title", "subject", "creator", "description", "identifier", "language"}
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_NOISE = {W + "proofErr", W + "lastRenderedPageBreak", W + "noProof", _A + "avLst"}
_UNORDERED = {W + "rPr", W + "tcPr"}


def differences(left: bytes, right: bytes) -> str:
    """A unified diff of the two documents' normalised XML, part by part; empty when they are the same document."""
    one, other = _readable(left), _readable(right)
    pieces = []
    for part in sorted(one.keys() | other.keys()):
        pieces += difflib.unified_diff(
            one.get(part, []), other.get(part, []), f"left {part}", f"right {part}", lineterm=""
        )
    return "\n".join(pieces)


def assert_same_document(left: bytes, right: bytes) -> None:
    """Fail with an XML diff when two Word files are not the same document."""
    found = differences(left, right)
    assert not found, found


def _readable(content: bytes) -> dict[str, list[str]]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {name: _part(package, name) for name in package.namelist() if _PART.fullmatch(name)}
        core = etree.fromstring(package.read("docProps/core.xml"))
    # A header nobody refers to may be renamed: parts are told apart by what they hold.
    named = {name if "document" in name else f"{name[:11]} {_hash(lines)}": lines for name, lines in parts.items()}
    named["properties"] = sorted(
        f"{etree.QName(e).localname}={e.text}" for e in core if etree.QName(e).localname in _PROPERTIES and e.text
    )
    return named


def _hash(lines: list[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]


def _part(package: zipfile.ZipFile, name: str) -> list[str]:
    root = etree.fromstring(package.read(name), etree.XMLParser(remove_blank_text=True))
    targets = _targets(package, name)
    for element in list(root.iter(etree.Element)):
        _plain_attributes(element, targets)
        if element.tag in _NOISE or (element.tag == W + "rPr" and len(element) == 0):
            element.getparent().remove(element)
        elif element.tag in _UNORDERED:
            element[:] = sorted(element, key=lambda child: child.tag)
    for run in list(root.iter(W + "r")):
        _one_child_each(run)
    for parent in {run.getparent() for run in root.iter(W + "r")}:
        _merge_texts(parent)
    return _lines(root)


def _targets(package: zipfile.ZipFile, name: str) -> dict[str, str]:
    """What each relationship leads to: the content of a picture, else its kind and target."""
    folder, _, file = name.rpartition("/")
    try:
        rels = etree.fromstring(package.read(f"{folder}/_rels/{file}.rels"))
    except KeyError:
        return {}
    found = {}
    for relation in rels:
        target, kind = relation.get("Target"), relation.get("Type").rpartition("/")[2]
        if kind == "image":
            target = hashlib.sha256(package.read(f"{folder}/{target}")).hexdigest()[:16]
        found[relation.get("Id")] = kind if kind in ("header", "footer") else f"{kind}:{target}"
    return found


def _plain_attributes(element: etree._Element, targets: dict[str, str]) -> None:
    for key, value in list(element.attrib.items()):
        local = etree.QName(key).localname
        if (
            local.startswith("rsid")
            or key.endswith("}space")
            or local in ("paraId", "textId")
            or (local.startswith("dist") and value == "0")
        ):
            del element.attrib[key]
        elif key.startswith(R):
            element.set(key, targets.get(value, value))
        elif etree.QName(element).localname in ("docPr", "cNvPr"):
            del element.attrib[key]


def _one_child_each(run: etree._Element) -> None:
    """Split a run into one run per child; the properties of a drawing's run show nothing."""
    properties = run.find(W + "rPr")
    for child in list(run):
        if child is properties:
            continue
        single = etree.Element(W + "r")
        if properties is not None and child.tag != W + "drawing":
            copy = etree.fromstring(etree.tostring(properties))
            single.append(copy)
        single.append(child)
        if child.tag != W + "t" or child.text:
            run.addprevious(single)
    run.getparent().remove(run)


def _merge_texts(parent: etree._Element) -> None:
    for run in list(parent.iterchildren(W + "r")):
        previous = run.getprevious()
        if previous is None or previous.tag != W + "r" or run[-1].tag != W + "t" or previous[-1].tag != W + "t":
            continue
        if _formatting(previous) == _formatting(run):
            previous[-1].text = (previous[-1].text or "") + (run[-1].text or "")
            parent.remove(run)


def _formatting(run: etree._Element) -> bytes:
    properties = run.find(W + "rPr")
    return b"" if properties is None else etree.tostring(properties, method="c14n")


def _lines(root: etree._Element) -> list[str]:
    def walk(element: etree._Element, depth: int) -> list[str]:
        attributes = "".join(f" {etree.QName(k).localname}={v!r}" for k, v in sorted(element.attrib.items()))
        text = repr(element.text) if element.tag == W + "t" else ""
        tail = repr(element.tail) if (element.tail or "").strip() else ""
        line = "  " * depth + etree.QName(element).localname + attributes + " " + text + tail
        return [line.rstrip(), *(inner for child in element for inner in walk(child, depth + 1))]

    return walk(root, 0)

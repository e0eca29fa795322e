"""SJE/ZY/GK-02 art. 3.4: the platform on record, the tree of its nodes, copies and labels, a package that is whole."""

import io
import zipfile
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import docx
import pikepdf
import pytest

from flows.steps.copies import Copies, PrintedVolume, copies_of, packing_list
from flows.steps.pack_submission import BrokenPackage, PackedFile, pack, unpack
from flows.steps.platform import Node, PlatformRefused, read_platform, require_usable, warning
from flows.steps.platform_tree import NoSuchDocument, tree
from flows.steps.read_tender import read
from flows.steps.rendition import PagesDiffer, require_same_pages
from templates.pdf_parts import NoPdf, cut, page_count, parts

EXAMPLE = Path(__file__).parents[2] / "examples" / "warehouse-agv"
DEADLINE = datetime(2026, 12, 20, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
WHOLE = """
name: 示例平台
tool: 制作工具
tool_version: "7.2.1"
file_type: .SZTF
ca: {holder: wang.lei, number: CA-0017, valid_to: VALID}
"""


def platform(valid: str = "2027-06-30", more: str = ""):
    return read_platform(WHOLE.replace("VALID", valid) + more, "platform.yaml")


def test_article_3_4_a_certificate_is_held_against_deadline_and_decryption():
    require_usable(platform("2026-12-20"), DEADLINE, rehearsed=False)
    with pytest.raises(PlatformRefused, match=r"CA-0017 of wang\.lei: valid to 2026-12-19, expected 2026-12-20"):
        require_usable(platform("2026-12-19"), DEADLINE, rehearsed=False)
    window = "decryption: {since: 2026-12-20T09:30:00+08:00, until: 2026-12-21T10:00:00+08:00}\n"
    with pytest.raises(PlatformRefused, match="expected 2026-12-21"):
        require_usable(platform("2026-12-20", window), DEADLINE, rehearsed=False)


def test_article_3_4_a_certificate_that_ends_soon_after_the_deadline_is_warned_of():
    assert warning(platform("2027-01-18"), DEADLINE) == "2027-01-18"
    assert warning(platform("2027-01-19"), DEADLINE) == ""


def test_article_3_4_a_decryption_before_the_deadline_is_refused():
    window = "decryption: {since: 2026-12-20T09:00:00+08:00, until: 2026-12-20T10:00:00+08:00}\n"
    with pytest.raises(PlatformRefused, match="before the deadline"):
        require_usable(platform(more=window), DEADLINE, rehearsed=False)


def test_article_3_4_a_rehearsal_must_lie_before_the_deadline():
    late = "rehearsal: {at: 2026-12-20T09:31:00+08:00, result: ok}\n"
    for more in ("", late):
        with pytest.raises(PlatformRefused, match="no rehearsal on record"):
            require_usable(platform(more=more), DEADLINE, rehearsed=True)
    require_usable(platform(more=late.replace("09:31", "09:29")), DEADLINE, rehearsed=True)


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ("rehearsal: {at: 2026-12-20T09:31:00, result: ok}", "rehearsal: .*time with time zone"),
        ("decryption: {since: 2026-12-21T09:30:00+08:00, until: 2026-12-20T09:30:00+08:00}", "the earlier one first"),
        ("colour: red", "colour"),
        ("nodes: [{node: ../../etc, document: technical}]", "nodes.0.node"),
        ("nodes: [", "-"),
    ],
)
def test_a_broken_platform_record_is_refused_with_its_place(more, place):
    with pytest.raises(PlatformRefused, match=place):
        platform(more=more)


def pdf(*titles: str, front: int = 1) -> bytes:
    """Return a PDF of `front` pages and then two pages per title, each with a bookmark."""
    with pikepdf.new() as made:
        for _ in range(front + 2 * len(titles)):
            made.add_blank_page()
        with made.open_outline() as outline:
            outline.root.extend(pikepdf.OutlineItem(title, front + 2 * n) for n, title in enumerate(titles))
        out = io.BytesIO()
        made.save(out)
        return out.getvalue()


def test_the_parts_of_a_pdf_are_its_bookmarks_with_all_their_pages():
    found = parts(pdf("投标函", "授权书"), "x")
    assert [(part.title, part.first, part.pages) for part in found] == [("投标函", 2, 2), ("授权书", 4, 2)]
    assert page_count(cut(pdf("投标函", "授权书"), found[1], "x"), "x") == 2
    assert parts(pdf(front=3), "x") == ()


def test_something_that_is_no_pdf_is_refused_by_name():
    with pytest.raises(NoPdf, match=r"sealed\.pdf: found PdfError"):
        page_count(b"PK", "sealed.pdf")


VOLUMES = {"commercial": pdf("投标函", "授权/书"), "technical": pdf(front=2)}
TITLES = {"commercial": "商务文件", "technical": "技术文件"}


def test_article_3_4_without_nodes_the_tree_is_a_folder_per_volume_and_a_file_per_document():
    found = tree(VOLUMES, TITLES)
    assert [(leaf.path, leaf.pages) for leaf in found] == [
        ("01-商务文件/00-封面目录.pdf", 1), ("01-商务文件/01-投标函.pdf", 2), ("01-商务文件/02-授权_书.pdf", 2),
        ("02-技术文件/00-封面目录.pdf", 2),
    ]  # fmt: skip


def test_article_3_4_the_tree_follows_the_nodes_of_the_platform():
    nodes = [Node(node="商务/投标函", document="commercial/投标函"), Node(node="技术标", document="technical")]
    assert [(leaf.path, leaf.pages) for leaf in tree(VOLUMES, TITLES, nodes)] == [
        ("商务/投标函.pdf", 2), ("技术标.pdf", 2),
    ]  # fmt: skip


def test_a_node_for_a_document_that_is_not_there_is_refused_with_what_there_is():
    with pytest.raises(NoSuchDocument, match="no document price in the package, expected one of commercial, technical"):
        tree(VOLUMES, TITLES, [Node(node="价格标", document="price")])


def with_copies(copies: int | None, usb: int = 0):
    tender = read(EXAMPLE)
    return tender.model_copy(update={"limits": tender.limits.model_copy(update={"copies": copies, "usb": usb})})


def test_article_3_4_copies_are_those_that_the_record_asks_for():
    assert copies_of(with_copies(None)) is None
    assert copies_of(with_copies(4, 1)) == Copies(1, 4, 1)
    assert copies_of(with_copies(None, 2)) == Copies(1, 0, 2)
    assert Copies(1, 2, 1).pieces() == (("正本", "1/1"), ("副本", "1/2"), ("副本", "2/2"), ("U盘", "1/1"))


def test_article_3_4_the_packing_list_names_every_volume_of_every_copy_and_a_label_for_each_copy():
    volumes = [
        PrintedVolume("commercial.pdf", "商务文件", 25, "a" * 64),
        PrintedVolume("price.pdf", "报价文件", 9, "b" * 64),
    ]
    made = docx.Document(io.BytesIO(packing_list(with_copies(2), "1", Copies(1, 2, 0), volumes, "王示雷")))
    contents = next(table for table in made.tables if table.cell(0, 1).text == "份别")
    assert [[cell.text for cell in row.cells[1:5]] for row in contents.rows[1:]] == [
        [kind, no, volume, pages]
        for kind, no in (("正本", "1/1"), ("副本", "1/2"), ("副本", "2/2"))
        for volume, pages in (("商务文件", "25"), ("报价文件", "9"))
    ]
    labels = made.tables[-1]
    assert len(labels.rows) == 3
    assert all("前不得启封" in row.cells[0].text and "商务文件、报价文件" in row.cells[0].text for row in labels.rows)
    assert any("王示雷" in cell.text for table in made.tables for row in table.rows for cell in row.cells)


FILES = [PackedFile("a.pdf", "1" * 64, b"one", 3), PackedFile("a.docx", "2" * 64, b"two")]


def test_article_3_4_a_package_comes_back_as_its_manifest_lists_it():
    assert sorted(unpack(pack("t-1", "1", FILES, Copies(1, 2, 0))), key=lambda file: file.manifest) == FILES


def changed(name: str, data: bytes | None) -> bytes:
    """Return the package with one file changed, added, or left out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(pack("t-1", "1", FILES))) as before, zipfile.ZipFile(out, "w") as after:
        for entry in before.namelist():
            if entry != name:
                after.writestr(entry, before.read(entry))
        if data is not None:
            after.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data"), [("a.pdf", b"other"), ("a.pdf", None), ("b.pdf", b"more"), ("manifest.json", b"{}")]
)
def test_article_3_4_a_package_that_is_not_what_it_lists_is_refused(name, data):
    with pytest.raises(BrokenPackage, match=name):
        unpack(changed(name, data))


def test_article_3_3_a_rendition_has_the_pages_of_the_reviewed_volume():
    require_same_pages("a", 3, FILES)
    with pytest.raises(PagesDiffer, match=r"4 pages, expected 3 as reviewed .*art\. 3\.3"):
        require_same_pages("a", 4, FILES)
    with pytest.raises(PagesDiffer, match="no such volume in the package, expected one of a"):
        require_same_pages("b", 3, FILES)


def test_the_margin_of_days_of_a_warning_is_a_month():
    assert warning(platform("2027-01-19"), DEADLINE + timedelta(days=1)) == "2027-01-19"

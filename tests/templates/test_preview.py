"""Previews: sample data, files written, and the faults that a check of a set finds with their place."""

import io
import shutil
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from templates import catalogue, check_set, preview

SET = "cn-equipment-2017"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(catalogue.SETS / SET, tmp_path / "own-set"))


def rewrite(docx: Path, old: str, new: str) -> None:
    with zipfile.ZipFile(docx) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    xml = parts["word/document.xml"].decode()
    assert old in xml
    parts["word/document.xml"] = xml.replace(old, new, 1).encode()
    with zipfile.ZipFile(docx, "w") as package:
        for name, data in parts.items():
            package.writestr(name, data)


@pytest.mark.parametrize(
    ("old", "new", "tag"),
    [
        ("{{ bidder.name }}", "{{ bidder.nmae }}", "{{ bidder.nmae }}"),
        ("{{ validity_days }}", "｛｛ validity_days ｝｝", "｛｛"),
        ("{{ validity_days }}", "{{ validity_days }", "{{ validity_days }"),
    ],
)
def test_a_fault_in_a_template_is_found_with_its_place(copy: Path, old: str, new: str, tag: str) -> None:
    rewrite(copy / "bid-letter.docx", old, new)
    faults = check_set.check(str(copy))
    assert faults
    assert {fault.document for fault in faults} == {"price/bid-letter"}
    assert all(fault.part == "word/document.xml" and fault.paragraph for fault in faults)
    assert any(tag in fault.tag for fault in faults)


def test_a_condition_on_an_unknown_field_is_found(copy: Path) -> None:
    manifest = copy / "set.toml"
    manifest.write_text(manifest.read_text("utf-8").replace("signer.is_agent", "signer.is_agnt"), "utf-8")
    assert [(f.document, f.tag) for f in check_set.check(str(copy))] == [("commercial/power-of-attorney", "when")]


def test_a_file_that_no_section_uses_is_found(copy: Path) -> None:
    shutil.copy(copy / "bond.docx", copy / "left-over.docx")
    assert [f.document for f in check_set.check(str(copy))] == ["left-over.docx"]


def test_names_are_dotted_and_lists_are_marked() -> None:
    names = preview.names({"project": {"name": "x"}, "items": [{"no": "1"}], "extra": {"finance": []}})
    assert names == {"project", "project.name", "items", "items[]", "items[].no", "extra", "extra.finance"}


@pytest.mark.office
def test_a_preview_is_written_as_word_pdf_and_pictures_of_its_pages(tmp_path: Path) -> None:
    files = preview.write([preview.of_form("bid-notice")], tmp_path / "out")
    assert sorted(file.name for file in files) == ["bid-notice-1.png", "bid-notice.docx", "bid-notice.pdf"]
    assert (tmp_path / "out" / "bid-notice.pdf").read_bytes().startswith(b"%PDF")
    with Image.open(io.BytesIO((tmp_path / "out" / "bid-notice-1.png").read_bytes())) as page:
        assert abs(page.height / page.width - 297 / 210) < 0.01


@pytest.mark.office
@pytest.mark.parametrize("form", ["bid-notice", "support-notice", "screening", "price-approval", "result"])
def test_a_form_fits_on_one_sheet_with_the_sample_data(form: str, tmp_path: Path) -> None:
    files = preview.write([preview.of_form(form)], tmp_path)
    assert sum(file.suffix == ".png" for file in files) == 1

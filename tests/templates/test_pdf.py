"""Word to PDF: limits, cache, private folder, fonts."""

import io
import os
from pathlib import Path

import docx
import pytest

from templates import fonts
from templates.pdf import to_pdf, to_pdfs
from templates.pdf_office import OfficeFailed, OfficeTimeout
from templates.pdf_scratch import NoScratch, scratch

pytestmark = pytest.mark.office


def word(text: str) -> bytes:
    document = docx.Document()
    document.add_paragraph(text)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


class Cache(dict[str, bytes]):
    def put(self, digest: str, pdf: bytes, /) -> None:
        self[digest] = pdf


def test_every_font_of_the_table_can_be_printed_here() -> None:
    assert fonts.missing() == []


def test_a_document_is_converted_once_and_then_comes_from_the_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    cache, document = Cache(), word("text")
    first = to_pdfs([document, document], cache=cache)
    monkeypatch.setenv("PATH", "/nonexistent")
    assert first[0] == first[1] == to_pdf(document, cache=cache)
    assert len(cache) == 1


def test_a_conversion_over_the_time_limit_is_killed_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TENDERFLOW_SCRATCH", str(tmp_path))  # apart from conversions of tests that run beside this one
    with pytest.raises(OfficeTimeout, match=r"slow: LibreOffice took over 0\.05 s"):
        to_pdf(word("text"), name="slow", timeout=0.05)
    with scratch() as folder:
        assert sorted(path.name for path in folder.parent.iterdir() if path.is_dir()) == [folder.name]


def test_without_libreoffice_the_next_step_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OfficeFailed, match="found no soffice"):
        to_pdf(word("text"))


def test_the_private_folder_is_closed_to_others_and_gone_afterwards() -> None:
    with scratch() as folder:
        assert folder.stat().st_mode & 0o077 == 0
        assert folder.parent.stat().st_mode & 0o077 == 0
    assert not folder.exists()


def test_a_folder_that_a_killed_process_left_is_swept() -> None:
    with scratch() as folder:
        left = folder.parent / "left-over"
        left.mkdir()
        (left / "0.docx").write_bytes(b"text")
    with scratch() as again:
        assert again.exists()
        assert not left.exists()


def test_a_scratch_folder_open_to_others_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.chmod(tmp_path, 0o755)
    monkeypatch.setenv("TENDERFLOW_SCRATCH", str(tmp_path))
    with pytest.raises(NoScratch, match="found open to others"), scratch():
        pass

"""`tender check` on a folder, as a user runs it."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import docx
import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "warehouse-agv"
PROGRAM = "from flows.cli import check; import typer; a = typer.Typer(); check.register(a); a()"


def _check(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", PROGRAM, *arguments], capture_output=True, text=True, timeout=120)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    document = docx.Document()
    document.add_heading("投标函", 1)
    document.add_paragraph("投标总报价：人民币（大写）壹佰元整（¥100.00），税率13%。")
    document.add_paragraph("投标人：示例公司（盖章）　法定代表人：________（签字）")
    document.save(str(tmp_path / "letter.docx"))
    return tmp_path


def test_a_folder_without_tender_yaml_is_checked_and_what_is_missing_is_said(folder: Path) -> None:
    done = _check(str(folder))
    assert done.returncode == 0
    assert "More could be judged with a tender.yaml" in done.stdout


def test_a_defect_gives_exit_three_and_json_names_it(folder: Path) -> None:
    document = docx.Document(str(folder / "letter.docx"))
    document.add_paragraph("投标总报价大写：壹佰零壹元整（¥100.00）")
    document.save(str(folder / "letter.docx"))
    done = _check(str(folder), "--json")
    assert done.returncode == 3
    assert "R12" in {entry["rule"] for entry in json.loads(done.stdout) if entry["verdict"] == "FAIL"}


def test_an_empty_folder_is_unusable(tmp_path: Path) -> None:
    done = _check(str(tmp_path))
    assert (done.returncode, "found no bid document" in done.stderr) == (2, True)


def test_a_record_with_mistakes_is_unusable_and_each_is_named(folder: Path) -> None:
    shutil.copy(EXAMPLE / "tender.yaml", folder)
    done = _check(str(folder), "--json")
    assert done.returncode == 2
    assert {entry["file"] for entry in json.loads(done.stdout)} == {"tender.yaml"}


def test_files_that_differ_in_their_ending_only_are_all_read_and_what_cannot_be_is_said_once(folder: Path) -> None:
    document = next(folder.glob("*.docx"))
    document.with_suffix(".doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    shown = _check(str(folder)).stdout
    assert shown.count("old binary") == 1
    assert "letter.doc:" in shown


def _by_reference(folder: Path) -> Path:
    """The example's bid, whose certificate and first project come from the company library."""
    shutil.copytree(EXAMPLE, folder / "bid")
    record = folder / "bid" / "tender.yaml"
    lines = record.read_text("utf-8").splitlines()
    for old, item in (("kind: iso9001", "QMS-001"), ("buyer: 示例医药物流有限公司", "technical/PRJ-2023")):
        (number,) = (number for number, line in enumerate(lines) if old in line)
        lines[number] = f"  - {{library: {item}}}"
    lines.remove("     contact: 王示例 0731-00000010, file: commercial/contract-2023.pdf}")
    record.write_text("\n".join(lines), "utf-8")
    shutil.copy(next(folder.glob("*.docx")), folder / "bid")
    return folder / "bid"


def test_article_2_entries_from_a_library_that_is_not_at_hand_are_named_and_left_to_a_person(folder: Path) -> None:
    done = _check(str(_by_reference(folder)), "--json", "--all")
    findings = {entry["rule"]: entry for entry in json.loads(done.stdout)}
    assert done.stderr.startswith("Not read: marketing-1/QMS-001, technical/PRJ-2023 of the company library; next:")
    assert {rule for rule, entry in findings.items() if "from the library" in entry["found"]} == {
        "R05", "R26", "R27", "R39",
    }  # fmt: skip
    assert {entry["verdict"] for entry in findings.values() if "from the library" in entry["found"]} == {"HUMAN"}
    assert "technical/PRJ-2023" in findings["R05"]["found"]
    assert "QMS-001" not in findings["R05"]["found"]


def test_a_mistake_after_an_entry_by_reference_is_named_at_its_own_line(folder: Path) -> None:
    bid = _by_reference(folder)
    lines = (bid / "tender.yaml").read_text("utf-8").splitlines()
    (number,) = (number for number, line in enumerate(lines) if "buyer: " in line and "amount" in line)
    lines[number] = lines[number].replace("amount: ", "amount: x")
    (bid / "tender.yaml").write_text("\n".join(lines), "utf-8")
    done = _check(str(bid), "--json")
    assert done.returncode == 2
    assert [mistake["place"].split(",")[0] for mistake in json.loads(done.stdout)] == [f"line {number + 1}"]

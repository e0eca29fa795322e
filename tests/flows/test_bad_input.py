"""What people get wrong on the command line: a clear message, the right exit code, nothing lost or half written."""

import errno
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from flows import wiring
from flows.acts import deciding, intake
from flows.acts.deciding import Wish
from flows.cli import main as command
from flows.price_volume import make_price_keys
from flows.settings import SettingsWrong, load
from flows.steps.mistake import InvalidTender
from flows.steps.tender import Tender
from storage.identity import IdentityRefused
from tests.flows.conftest import EXAMPLE, Installation


@pytest.fixture
def opened(installation: Installation, example: tuple[Tender, Path]) -> str:
    """The example tender, opened by its handler; its id."""
    tender, folder = example
    intake.open_tender(installation.case(tender.tender, person="zhao.min", new=True), tender, folder)
    return tender.tender


def usage(*words: str) -> str:
    """Run a command that is used wrongly and return what it prints."""
    done = CliRunner().invoke(command.build(), list(words))
    assert done.exit_code == 2, done.output
    return done.output


def refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str, language: str = "en"
) -> str:
    """Run a command through its entry point, expect exit code 1 and return the one line it says."""
    monkeypatch.setattr(sys, "argv", ["tender", "--lang", language, *words])
    with pytest.raises(SystemExit) as ended:
        command.main()
    said = capsys.readouterr().err
    assert ended.value.code == 1, said
    assert said.count("\n") == 1, said
    return said


@pytest.mark.parametrize(
    "words",
    [
        ("open", "nowhere", "--as", "zhao.min"),
        ("deliver", "some-tender", "nowhere", "--as", "li.na"),
        ("cost", "some-tender", "nowhere.xlsx", "--as", "li.na"),
        ("propose", "some-tender", "nowhere.xlsx", "--as", "sun.li"),
        ("opening", "some-tender", "nowhere.xlsx", "--outcome", "nowhere.yaml", "--as", "feng.xue"),
    ],
)
def test_a_file_or_folder_that_is_not_there_is_wrong_usage(words: tuple[str, ...]) -> None:
    assert "does not exist" in usage(*words)


def test_a_submission_is_not_signed_without_its_channel() -> None:
    assert "tender submit some-tender" in " ".join(
        usage("sign", "some-tender", "submission", "--as", "wang.lei").split()
    )


@pytest.mark.server
def test_the_folder_of_another_tender_is_not_taken_in(installation: Installation, opened: str) -> None:
    said = usage("deliver", opened, str(EXAMPLE), "--as", "li.na")

    assert "warehouse-agv" in said
    assert opened in said


def test_a_file_name_longer_than_the_system_allows_is_said_in_one_short_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = tmp_path / "tender"
    folder.mkdir()
    text = (EXAMPLE / "tender.yaml").read_text("utf-8")
    (folder / "tender.yaml").write_text(text.replace("inputs/proof-1.12.pdf", "字" * 400 + ".pdf"), "utf-8")

    said = refused(monkeypatch, capsys, "validate", str(folder))

    assert os.strerror(errno.ENAMETOOLONG) in said
    assert "next: check the name" in said
    assert len(said) < 400


def test_a_home_that_cannot_be_written_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("TENDERFLOW_HOME", str(tmp_path / "file" / "home"))

    said = refused(monkeypatch, capsys, "up")

    assert str(tmp_path / "file") in said
    assert "next:" in said


@pytest.mark.server
def test_ctrl_c_ends_a_command_at_work_with_130_and_without_a_traceback(
    installation: Installation, opened: str
) -> None:
    read = installation.settings.home / "cache" / "person-qian.wei" / opened
    # A test run started in the background has SIGINT ignored, and its children inherit that.
    program = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    program += "from flows.cli.main import main; main()"
    words = ["wait", opened, "archive", "--as", "qian.wei", "--seconds", "60"]
    with subprocess.Popen([sys.executable, "-c", program, *words], stderr=subprocess.PIPE, text=True) as waiting:
        until = time.monotonic() + 50
        while not read.exists() and time.monotonic() < until:
            time.sleep(0.1)
        waiting.send_signal(signal.SIGINT)
        _out, said = waiting.communicate(timeout=30)

    assert read.exists()
    assert (waiting.returncode, said) == (130, "")


def test_ctrl_c_while_the_commands_are_loaded_ends_with_130(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "build", lambda: os.kill(os.getpid(), signal.SIGINT))
    before = signal.signal(signal.SIGINT, signal.default_int_handler)

    try:
        with pytest.raises(SystemExit) as ended:
            command.main()
    finally:
        signal.signal(signal.SIGINT, before)

    assert ended.value.code == command.INTERRUPTED == 130


def test_a_mistake_in_a_workbook_is_shown_with_place_found_and_expected(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = tmp_path / "tender"
    folder.mkdir()
    (folder / "tender.yaml").write_bytes(b"\xff\xfe")
    monkeypatch.setattr(sys, "argv", ["tender", "--lang", "en", "open", str(folder), "--as", "zhao.min"])

    with pytest.raises(SystemExit) as ended:
        command.main()

    said = capsys.readouterr().err
    assert ended.value.code == 1
    assert "bytes of another encoding" in said
    assert "UTF-8 text" in said


@pytest.mark.server
def test_a_wrong_passphrase_names_whose_keys_do_not_open(
    installation: Installation, opened: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    wrong = tmp_path / "passphrase"
    wrong.touch(mode=0o600)
    wrong.write_text("something else")
    monkeypatch.setenv("TENDERFLOW_PASSPHRASE_FILE", str(wrong))

    with pytest.raises(IdentityRefused, match=r"Keys of zhao\.min: .*does not open; next: check the passphrase"):
        installation.case(opened, person="zhao.min")


@pytest.mark.server
def test_a_passphrase_file_that_is_not_there_is_named(
    installation: Installation, opened: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TENDERFLOW_PASSPHRASE_FILE", str(tmp_path / "none"))

    with pytest.raises(wiring.NoPassphrase, match="TENDERFLOW_PASSPHRASE_FILE"):
        installation.case(opened, person="zhao.min")


@pytest.mark.server
def test_reading_a_document_never_overwrites_a_file_of_another_content(
    installation: Installation, opened: str, tmp_path: Path
) -> None:
    case = installation.case(opened, person="zhao.min")
    (tmp_path / "screening_1.json").write_text("my notes")

    with pytest.raises(deciding.FileThere, match=r"something else is there already.*--out"):
        deciding.get(case, "*", tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["screening_1.json"]
    assert (tmp_path / "screening_1.json").read_text() == "my notes"


@pytest.mark.server
def test_reading_a_document_again_leaves_one_private_file(
    installation: Installation, opened: str, tmp_path: Path
) -> None:
    case = installation.case(opened, person="zhao.min")
    (first,) = deciding.get(case, "record", tmp_path / "out")
    first.chmod(0o644)

    (again,) = deciding.get(case, "record", tmp_path / "out")

    assert (again, again.stat().st_mode & 0o777) == (first, 0o600)


@pytest.mark.server
def test_a_file_in_the_place_of_the_out_folder_is_refused(
    installation: Installation, opened: str, tmp_path: Path
) -> None:
    (tmp_path / "out").write_text("mine")

    with pytest.raises(deciding.FileThere, match="found a file, expected a folder"):
        deciding.get(installation.case(opened, person="zhao.min"), "record", tmp_path / "out")

    assert (tmp_path / "out").read_text() == "mine"


@pytest.mark.server
def test_a_final_review_before_there_are_drafts_says_what_is_lacking(installation: Installation, opened: str) -> None:
    with pytest.raises(deciding.DecisionNotOpen, match=r"draft/1/\*.*not there yet.*next: tender stages"):
        deciding.sign(installation.case(opened, person="zheng.yun"), Wish("final-review", "1"))


@pytest.mark.server
def test_a_submission_after_the_deadline_is_refused_and_leaves_no_event(
    installation: Installation, example: tuple[Tender, Path]
) -> None:
    tender, folder = example
    soon = tender.model_copy(update={"deadline": datetime.now(UTC) + timedelta(seconds=20)})
    intake.open_tender(installation.case(tender.tender, person="zhao.min", new=True), soon, folder)
    time.sleep(max(0, (soon.deadline - datetime.now(UTC)).total_seconds()) + 0.1)
    case = installation.case(tender.tender, person="wang.lei")

    with pytest.raises(deciding.TooLate, match="after the deadline"):
        deciding.sign(case, Wish("submission", "1"))

    assert not case.ledger.find(type="decision.signed")


@pytest.mark.server
def test_a_number_written_as_text_is_placed_but_never_repeated(
    installation: Installation, opened: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_price_keys(installation.case(opened, worker="pricing"), "-")
    book = openpyxl.load_workbook(EXAMPLE / "cost.xlsx")
    book["cost"]["C2"] = "about 123456.78"
    book.save(tmp_path / "cost.xlsx")
    case = installation.case(opened, person="li.na")

    with pytest.raises(InvalidTender, match="C2") as said:
        intake.deliver_cost(case, "1", tmp_path / "cost.xlsx")

    assert "123456" not in str(said.value)
    assert not any("123456" in mistake.found for mistake in said.value.mistakes)
    assert not case.manifests("cost/1")


@pytest.mark.server
def test_a_document_gets_the_ending_of_its_kind(installation: Installation, opened: str, tmp_path: Path) -> None:
    written = deciding.get(installation.case(opened, person="zhao.min"), "*", tmp_path / "out")

    assert {"record.json", "screening_1.json", "notice_-_bid.docx"} <= {path.name for path in written}


@pytest.mark.server
def test_an_unknown_tender_is_named_with_how_to_find_the_known_ones(
    installation: Installation, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = refused(monkeypatch, capsys, "stages", "no-such-tender", "--as", "zhao.min")

    assert said.startswith("Error: Tender no-such-tender: found no ledger")
    assert "tender list" in said


@pytest.mark.server
def test_a_store_that_does_not_answer_is_said_in_one_line(
    installation: Installation, opened: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TENDERFLOW_S3_ENDPOINT", "127.0.0.1:9")

    said = refused(monkeypatch, capsys, "sign", opened, "notice", "--as", "zhao.min")

    assert "no answer from the object store" in said
    assert "next: tender status" in said


@pytest.mark.server
def test_a_signature_stands_although_prefect_does_not_answer(
    installation: Installation, opened: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TENDERFLOW_PREFECT_API_URL", "http://127.0.0.1:9/api")
    monkeypatch.setenv("PREFECT_CLIENT_MAX_RETRIES", "0")
    monkeypatch.setattr(sys, "argv", ["tender", "--lang", "en", "sign", opened, "notice", "--as", "zhao.min"])
    with pytest.raises(SystemExit) as ended:
        command.main()

    said = capsys.readouterr().out
    assert ended.value.code == 0
    assert "zhao.min signed notice" in said
    assert "Prefect server: no answer" in said
    assert [e.by for e in installation.case(opened, person="zhao.min").ledger.find(type="decision.signed")] == [
        "person:zhao.min"
    ]


def test_a_setting_that_is_none_is_named_with_where_it_belongs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tenderflow.env").write_text("TENDERFLOW_LANG=zh\n")
    monkeypatch.chdir(tmp_path)

    with pytest.raises(SettingsWrong, match=r"TENDERFLOW_LANG.*docs/operations.md"):
        load()


def test_a_folder_whose_deadline_is_over_is_said_to_be_past_opening(tmp_path: Path) -> None:
    shutil.copytree(EXAMPLE, tmp_path / "past")
    record = (tmp_path / "past" / "tender.yaml").read_text("utf-8")
    late = re.sub(r"\b(2026|2027)(?=-\d\d-\d\d)", lambda year: str(int(year[0]) - 2), record)
    (tmp_path / "past" / "tender.yaml").write_text(late, "utf-8")

    done = CliRunner().invoke(command.build(), ["validate", str(tmp_path / "past")])

    assert "is over: it can be checked, but not opened" in " ".join(done.output.split()), done.output

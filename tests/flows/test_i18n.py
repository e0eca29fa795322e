"""Messages in Chinese: the choice of the language, a complete catalogue, errors and help on the command line."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from flows import i18n
from flows.errors import PublicWords, TenderError
from flows.i18n import words
from flows.steps.mistake import InvalidSheet, Mistake

ROOT = Path(__file__).parents[2]
CATALOGUE = ROOT / "flows/locale/zh_CN/LC_MESSAGES/tenderflow.mo"


@pytest.fixture
def chinese() -> Iterator[None]:
    i18n.use("zh")
    yield
    i18n.use("en")


def tender(*arguments: str, columns: int = 80) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "TENDERFLOW_LANG"}
    return subprocess.run(
        [sys.executable, "-c", "from flows.cli.main import main; main()", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env=environment | {"COLUMNS": str(columns), "LC_ALL": "C.UTF-8"},
    )


def blanks(text: str) -> list[str]:
    return sorted(re.findall(r"{[^{}]*}", text))


@pytest.mark.parametrize(
    ("arguments", "environment", "language"),
    [
        ([], {}, "en"),
        (["--lang", "zh", "list"], {"TENDERFLOW_LANG": "en"}, "zh"),
        (["--lang=zh", "list"], {"TENDERFLOW_LANG": "en"}, "zh"),
        (["--lang=en"], {"TENDERFLOW_LANG": "zh"}, "en"),
        (["list", "--lang"], {"LANG": "zh_CN.UTF-8"}, "zh"),
        ([], {"TENDERFLOW_LANG": "en", "LC_ALL": "zh_CN.UTF-8"}, "en"),
        ([], {"TENDERFLOW_LANG": "zh", "LC_ALL": "en_US.UTF-8"}, "zh"),
        ([], {"LC_ALL": "zh_CN.UTF-8", "LANG": "en_US.UTF-8"}, "zh"),
        ([], {"LC_ALL": "C.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
        ([], {"LC_ALL": "", "LC_MESSAGES": "zh_CN.UTF-8", "LANG": "C"}, "zh"),
        ([], {"LANG": "zh_TW.UTF-8"}, "zh"),
        ([], {"LANG": "de_DE.UTF-8"}, "en"),
    ],
)
def test_the_command_line_comes_before_the_variables(
    arguments: list[str], environment: dict[str, str], language: str
) -> None:
    assert i18n.choose(arguments, environment) == language


def test_every_message_has_a_chinese_text_with_the_same_blanks(tmp_path: Path) -> None:
    template = tmp_path / "tenderflow.pot"
    subprocess.run([sys.executable, "scripts/extract_messages.py", template], check=True, cwd=ROOT, capture_output=True)
    with template.open("rb") as file:
        messages = {str(message.id) for message in read_po(file) if message.id}
    with CATALOGUE.open("rb") as file:
        said = {str(message.id): str(message.string) for message in read_mo(file)}
    assert len(messages) > 500
    assert sorted(message for message in messages if not said.get(message)) == []
    assert [message for message in messages if blanks(said[message]) != blanks(message)] == []


def test_an_error_said_in_chinese_keeps_its_values(chinese: None) -> None:
    error = TenderError(
        "Tender {tender}: no lot {lot} found, expected one of {lots}; next: tender stages {tender}",
        tender="agv-2024",
        lot="9",
        lots="1, 2",
    )
    said = i18n.say(error)
    assert said == "招标项目 agv-2024：没有标段 9，应为 1, 2 之一；下一步：tender stages agv-2024"
    assert str(error).startswith("Tender agv-2024: no lot 9")


def test_who_and_what_a_stage_lacks_is_said_in_chinese(chinese: None) -> None:
    assert words("handler+leader", "+") == "投标经办人+负责人"
    assert words("leader: qian.wei") == "负责人: qian.wei"
    assert words("R10: mend or waive") == "R10: 须更正或豁免"
    assert words("offer/1") == "offer/1"


def test_a_signature_and_what_an_error_lacks_are_said_in_chinese(chinese: None) -> None:
    assert words("handler: zhao.min (sign)") == "投标经办人: zhao.min (签署)"
    on_paper = words("leader: li.na (bid), for qian.wei, on paper, witnessed by a.b and c.d")
    assert on_paper == "负责人: li.na (投标)，代 qian.wei，纸质签署，见证人 a.b and c.d"
    lacking = PublicWords("leader: qian.wei; screening/1: stale by an addendum")
    assert i18n.say(TenderError("{missing}", missing=lacking)) == "负责人: qian.wei; screening/1: 因补遗失效"
    assert i18n.say(TenderError("{at}", at="line 3, column 7")) == "第 3 行第 7 列"


def test_an_error_without_a_message_id_speaks_for_itself(chinese: None) -> None:
    assert i18n.say(OSError("disk full")) == "disk full"


def test_a_refusal_is_printed_in_the_language_of_the_command_line() -> None:
    refused = tender("--lang", "zh", "templates", "check", "nowhere")
    assert refused.returncode == 1
    assert refused.stderr.startswith("错误：模板集：没有 nowhere，")
    assert tender("--lang", "en", "templates", "check", "nowhere").stderr.startswith("Error: Template set: ")


def test_mistakes_in_a_tender_folder_are_named_in_chinese(tmp_path: Path) -> None:
    (tmp_path / "tender.yaml").write_text("tender: agv-2024\ntender: agv-2024\n")
    shown = tender("--lang", "zh", "validate", str(tmp_path), columns=200)
    assert shown.returncode == 1
    assert "每个键只出现一次" in shown.stdout
    assert "应为" in shown.stdout
    assert "第 2 行第 1 列" in shown.stdout


def test_mistakes_of_a_form_are_counted_in_chinese(chinese: None) -> None:
    said = i18n.say(InvalidSheet("form.xlsx", [Mistake("form.xlsx", "criteria!C5", "八十", "a number")]))
    assert said.startswith("form.xlsx：有 1 处错误，首处在 criteria!C5；")


@pytest.mark.parametrize("command", [["--help"], ["sign", "--help"], ["prices", "lab", "--help"], ["check", "--help"]])
def test_chinese_help_is_folded_and_never_cut_off(command: list[str]) -> None:
    lines = tender("--lang", "zh", *command).stdout.splitlines()
    assert any("\u4e00" <= character <= "\u9fff" for line in lines for character in line)
    assert [line for line in lines if line.rstrip(" │").endswith("…")] == []

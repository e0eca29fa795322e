"""Every threat of the security page names tests that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text("utf-8")
ROWS = [
    line.split(" | ")
    for line in PAGE.partition("## Threats")[2].partition("\n## ")[0].splitlines()
    if "`tests/" in line
]


def test_the_table_of_threats_is_found_whole() -> None:
    lines = [
        line for line in PAGE.partition("## Threats")[2].partition("\n## ")[0].splitlines() if line.startswith("| ")
    ]
    assert len(ROWS) == len(lines) - 1 >= 30  # all but the head


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0].strip("| ")[:40])
def test_a_threat_names_tests_that_exist(row: list[str]) -> None:
    named = 0
    for file, rest in re.findall(r"`(tests/[\w/]+\.py)`((?:(?!`tests/).)*)", row[-1]):
        text = (ROOT / file).read_text("utf-8")
        for test in re.findall(r"`(test_\w+)`", rest):
            assert f"def {test}(" in text, f"{file}: no {test}"
            named += 1
        assert "def test_" in text
    assert named or "(every bit" in row[-1] or "`tests/" in row[-1]

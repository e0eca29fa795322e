"""The folder that `tender new` writes."""

from pathlib import Path

import pytest

from flows.errors import TenderError
from flows.steps.mistake import InvalidTender
from flows.steps.read_tender import read
from flows.steps.skeleton import new_folder


def test_a_new_folder_lacks_values_and_nothing_else(tmp_path: Path) -> None:
    files = new_folder(tmp_path / "agv-2027")
    assert [path.name for path in files] == ["tender.yaml", "clauses.xlsx", "cost.xlsx"]
    assert "tender: agv-2027" in files[0].read_text(encoding="utf-8")
    with pytest.raises(InvalidTender) as refused:
        read(tmp_path / "agv-2027")
    expected = {mistake.expected for mistake in refused.value.mistakes}
    assert expected == {"a value", "at least one entry", "at most as many as there are people in pricing"}


def test_nothing_of_a_persons_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(TenderError, match="new or empty folder"):
        new_folder(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]

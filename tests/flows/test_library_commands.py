"""Article 2: `tender library …` as people type it, on the real store."""

import json
import secrets
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.cli.main import build

pytestmark = pytest.mark.server
ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "library" / "items.xlsx"
PROOFS = ROOT / "examples" / "warehouse-agv" / "commercial"


def tender(*words: str, person: str = "zhao.min", code: int = 0) -> str:
    done = CliRunner().invoke(build(), [*words, "--as", person])
    assert done.exit_code == code, done.output
    return done.output


def test_article_2_the_example_library_is_imported_searched_and_given_back(installation, tmp_path):
    tender("library", "import", str(EXAMPLE), "--files", str(PROOFS))
    again = json.loads(tender("library", "import", str(EXAMPLE), "--files", str(PROOFS), "--json"))
    listed = {row["id"]: row for row in json.loads(tender("library", "list", "--json", person="qian.wei"))}
    found = json.loads(tender("library", "search", "审计", "2025", "--json"))
    soon = json.loads(tender("library", "expiring", "--days", "20000", "--json"))

    assert (again["added"], again["changed"]) == ([], [])
    assert {"LIC-001", "QMS-001", "PRJ-2025", "TXT-001"} <= set(listed)
    assert [hit["id"] for hit in found] == ["FIN-2025"]
    assert soon[0]["days_left"] <= soon[-1]["days_left"]
    tender("library", "get", "QMS-001", "--out", str(tmp_path))
    assert (tmp_path / "iso9001.pdf").read_bytes() == (PROOFS / "iso9001.pdf").read_bytes()
    tender("library", "get", "TXT-001", "--out", str(tmp_path))
    assert "2小时内响应" in (tmp_path / "TXT-001.txt").read_text("utf-8")
    assert (tmp_path / "TXT-001.txt").stat().st_mode & 0o077 == 0


def test_article_2_a_person_adds_reviews_and_retires_an_item(installation):
    item = f"C-{secrets.token_hex(4)}"
    values = ("--kind", "track-record", "--name", "示例项目", "--set", "buyer=示例医院", "--set", "amount=980000.00")
    tender("library", "add", item, *values, "--set", "signed=2026-03-02", "--file", str(PROOFS / "contract-2025.pdf"))
    tender("library", "review", item, "--set", "contact=王示例", person="qian.wei")
    tender("library", "retire", item, "--reason", "wrong project")

    versions = json.loads(tender("library", "show", item, "--json"))

    assert [v["version"] for v in versions] == [1, 2, 3]
    assert versions[1]["fields"] == {
        "buyer": "示例医院", "amount": "980000.00", "signed": "2026-03-02", "contact": "王示例",
    }  # fmt: skip
    assert versions[2]["retired"]["reason"] == "wrong project"
    assert item not in {row["id"] for row in json.loads(tender("library", "list", "--json"))}
    assert item in {row["id"] for row in json.loads(tender("library", "list", "--retired", "--json"))}


@pytest.mark.parametrize(
    "words",
    [
        ("list", "--kind", "diploma"),
        ("add", "X-1", "--kind", "text", "--name", "x", "--set", "novalue"),
        ("answers",),
        ("answers", "text", "--of", "agv-2024"),
    ],
)
def test_article_2_wrong_usage_is_told_before_anything_is_opened(installation, words):
    tender("library", *words, code=2)

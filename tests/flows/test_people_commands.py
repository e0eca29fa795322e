"""`tender keys new` and `tender people …` against a real store, as a custodian uses them."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows import first_keys, wiring
from flows.cli.main import build
from flows.settings import object_store
from storage.buckets import make_buckets
from storage.embedded import EmbeddedStore


@pytest.fixture
def installed(embedded: EmbeddedStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation of its own with a custodian, at the run's store under its own buckets."""
    admin = embedded.credentials("admin")
    for name, value in {
        "HOME": str(tmp_path),
        "S3_ENDPOINT": admin.endpoint,
        "S3_SECURE": "false",
        "S3_ACCESS_KEY": admin.access_key,
        "S3_SECRET_KEY": admin.secret_key,
        "BUCKET_PREFIX": f"{tmp_path.name.replace('_', '-')[:20]}-cli-",
    }.items():
        monkeypatch.setenv(f"TENDERFLOW_{name}", value)
    config = wiring.settings()
    make_buckets(object_store(config, "admin"), 1)
    first_keys.prepare(config)
    return tmp_path


def tender(*words: str, code: int = 0) -> str:
    done = CliRunner().invoke(build(), list(words))
    assert done.exit_code == code, done.output
    return done.output


def new(home: Path, person: str, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = home / "secret"
    secret.write_text("correct horse")
    secret.chmod(0o600)
    with monkeypatch.context() as patch:
        patch.setenv("TENDERFLOW_PASSPHRASE_FILE", str(secret))
        tender("keys", "new", person, "--work-factor", "4")


def listed() -> dict[str, dict[str, object]]:
    return {row["id"]: row for row in json.loads(tender("people", "list", "--json"))}


def test_a_person_is_added_changed_deputised_and_ended(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for person in ("zhao.min", "qian.wei"):
        new(installed, person, monkeypatch)
        tender("people", "add", person, "--department", "marketing-1", "--role", "handler", "--name", "示")
    assert listed()["zhao.min"]["roles"] == ["handler"]
    monkeypatch.setenv("TENDERFLOW_PASSPHRASE_FILE", str(installed / "secret"))  # a person's own, not the custodian's
    tender("people", "add", "qian.wei", "--department", "marketing-1", "--role", "leader")
    assert (listed()["qian.wei"]["roles"], listed()["qian.wei"]["name"]) == (["leader"], "示")
    days = ("--from", "2026-12-01", "--to", "2026-12-10")
    tender("people", "deputy", "qian.wei", "--is", "zhao.min", "--role", "leader", *days, "--limit", "1000.00")
    shown = json.loads(tender("people", "show", "qian.wei", "--json"))
    assert [(d["person"], d["limit"]) for d in shown["deputies"]] == [("zhao.min", "1000.00")]
    tender("people", "end", "zhao.min")
    assert "zhao.min" not in listed()


def test_a_stranger_is_a_wrong_usage(installed: Path) -> None:
    assert "not in the register" in tender("people", "show", "nobody", code=2)
    assert "not in the register" in tender("people", "end", "nobody", code=2)


def test_a_whole_department_is_added_in_one_version(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for person in ("sun.li", "zhou.jie"):
        new(installed, person, monkeypatch)
    table = installed / "people.csv"
    table.write_text(
        "person,department,roles,name,email\n"
        "sun.li,marketing-1,pricing handler,孙,sun.li@company.example\nzhou.jie,marketing-1,pricing,周,\n"
    )

    tender("people", "import", str(table))

    assert (listed()["sun.li"]["roles"], listed()["zhou.jie"]["name"]) == (["pricing", "handler"], "周")
    assert listed()["sun.li"]["email"] == "sun.li@company.example"
    tender("people", "add", "sun.li", "--department", "marketing-1", "--role", "pricing")
    assert listed()["sun.li"]["email"] == "sun.li@company.example"
    config = wiring.settings()
    assert len(wiring.register(config, object_store(config, "admin")).versions()) == 3


def test_a_list_of_people_without_a_column_is_refused_by_the_column(installed: Path) -> None:
    table = installed / "people.csv"
    table.write_text("person,department,name\nsun.li,marketing-1,孙\n")

    assert "roles" in tender("people", "import", str(table), code=2)

"""An installation on an S3 and a Prefect server that others run, by settings alone."""

import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from flows import runs, waiting, wiring
from flows.acts import deciding, intake
from flows.acts.deciding import Wish
from flows.settings import WORKERS, Settings
from flows.steps.read_tender import read
from flows.supervise_control import NotUp, down, status, up
from flows.supervise_prefect import base_environment, server_command
from storage.embedded import ROLES, EmbeddedStore
from tests.flows.conftest import EXAMPLE, Installation

pytestmark = pytest.mark.server

AUTH = "tender:from-another-team"


@pytest.fixture
def external_s3(embedded: EmbeddedStore, tmp_path: Path) -> dict[str, str]:
    """The settings of an external S3 with a key for every role and a prefix that nobody else uses."""
    keys = tmp_path / "keys.json"
    keys.touch(mode=0o600)
    admin = embedded.credentials("admin")
    keys.write_text(json.dumps({role: {"access": admin.access_key, "secret": admin.secret_key} for role in ROLES}))
    return {
        "TENDERFLOW_S3_ENDPOINT": admin.endpoint,
        "TENDERFLOW_S3_SECURE": "false",
        "TENDERFLOW_S3_CREDENTIALS": str(keys),
        "TENDERFLOW_BUCKET_PREFIX": f"x{secrets.token_hex(5)}-",
        "TENDERFLOW_RETENTION_DAYS": "1",
    }


@pytest.fixture
def external_prefect(tmp_path: Path) -> Iterator[str]:
    """A Prefect server that the installation does not start; its API address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}/api"
    environment = base_environment() | {
        "PREFECT_HOME": str(tmp_path / "prefect"),
        "PREFECT_SERVER_API_AUTH_STRING": AUTH,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT__SERVER_FINAL": "1",
    }
    log = (tmp_path / "prefect.log").open("w")
    with log, subprocess.Popen([sys.executable, *server_command(port)], env=environment, stdout=log, stderr=log) as run:
        _await_health(url)
        yield url
        run.terminate()


def _await_health(url: str) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        try:
            if httpx.get(f"{url}/health", auth=tuple(AUTH.split(":"))).is_success:  # type: ignore[arg-type]
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise AssertionError("the external Prefect server did not come up")


@pytest.fixture
def settings(
    external_s3: dict[str, str], external_prefect: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    """An installation of workers and sweeper only."""
    given = external_s3 | {
        "TENDERFLOW_HOME": str(tmp_path / "home"),
        "TENDERFLOW_PREFECT_API_URL": external_prefect,
        "TENDERFLOW_PREFECT_AUTH": AUTH,
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    return wiring.settings()


def test_a_bid_runs_on_a_store_and_a_prefect_server_of_others(settings: Settings) -> None:
    up(settings)
    try:
        lives = {name for name, pid in status(settings).running.items() if pid}
        assert lives == {"supervisor", "watch", *(f"worker-{role}" for role in WORKERS)}
        Installation(settings).people()
        tender = read(EXAMPLE).model_copy(update={"tender": "external-1"})
        intake.open_tender(wiring.open_case("external-1", person="zhao.min", new=True), tender, EXAMPLE)
        for person in ("zhao.min", "qian.wei"):
            deciding.sign(wiring.open_case("external-1", person=person), Wish("notice", "-"))
        with wiring.prefect_api():
            runs.start_bid("external-1")
        case = wiring.open_case("external-1", person="qian.wei")
        assert waiting.wait_for(case, "screening", passed=False, seconds=120) == "waiting"
    finally:
        down(settings)


def test_a_store_that_refuses_the_key_is_named_and_nothing_stays_up(
    external_s3: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in external_s3.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("TENDERFLOW_HOME", str(tmp_path / "home"))
    keys = Path(external_s3["TENDERFLOW_S3_CREDENTIALS"])
    keys.write_text(json.dumps({role: {"access": "nobody", "secret": "nothing"} for role in ROLES}))

    with pytest.raises(NotUp, match="the store refused this credential"):
        up(wiring.settings())

    assert not any(status(wiring.settings()).running.values())
    assert not any(str(tmp_path) in _environment(pid) for pid in os.listdir("/proc") if pid.isdigit())


def _environment(pid: str) -> str:
    try:
        return Path(f"/proc/{pid}/environ").read_text("utf-8", errors="replace") if int(pid) != os.getpid() else ""
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return ""

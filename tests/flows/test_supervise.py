"""An installation brought up, hurt, and taken down, with every real process."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from flows import supervise_parts
from flows.doctor import examine
from flows.settings import Settings, SettingsWrong, load, object_store, store_credential
from flows.steps.calendar import CALENDARS
from flows.supervise_automations import read_automations
from flows.supervise_control import NotUp, down, status, up
from flows.supervise_deploy import DeploymentWrong, read_deployments
from flows.supervise_health import ask
from flows.supervise_prefect import NotSetUp, prefect_connection
from flows.supervise_state import Phase
from flows.worker import ENTRY_POINTS
from storage.embedded import EmbeddedStore

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """An installation of its own, up; the tests below hurt it in turn."""
    settings = Settings(home=tmp_path_factory.mktemp("up") / "home", retention_days=1, calendars=CALENDARS)
    up(settings)
    yield settings
    down(settings)


def _until(true: Callable[[], bool], seconds: float = 60.0) -> bool:
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)
    return True


def test_every_process_lives_and_the_server_answers_only_with_the_password(running: Settings) -> None:
    now = status(running)
    assert now.phase is Phase.READY
    assert [name for name, pid in now.running.items() if pid is None] == []
    assert ask(running, "/health") is True
    stranger = running.model_copy(update={"prefect_api_url": prefect_connection(running)[0]})
    assert ask(stranger, "/work_pools/pricing") is None
    assert ask(running, "/work_pools/pricing")["type"] == "process"


def test_every_deployment_of_prefect_yaml_stands_as_a_module_without_anything_to_pull(running: Settings) -> None:
    for entry in read_deployments():
        found = ask(running, f"/deployments/name/{entry['name']}/{entry['name']}")
        assert (found["entrypoint"], found["work_pool_name"]) == (entry["entrypoint"], entry["work_pool"]["name"])
        assert not found["pull_steps"]
        assert found["entrypoint"] in ENTRY_POINTS[found["work_pool_name"]]


def test_on_one_host_no_automation_watches_heartbeats_and_where_there_may_be_several_one_does(
    running: Settings,
) -> None:
    standing = {each["name"] for each in _send(running, "POST", "/automations/filter", {})}
    assert not standing & {each.name for each in read_automations()}
    many = running.model_copy(update={"prefect_database": SecretStr("postgresql+asyncpg://prefect@127.0.0.1/prefect")})
    assert [settings.one_host for settings in (running, many)] == [True, False]
    path = [part.arguments for part in (supervise_parts.deploy(running), supervise_parts.deploy(many))]
    assert path == [("-m", "flows.supervise_deploy", "--one-host"), ("-m", "flows.supervise_deploy")]


def test_limits_of_the_guard_that_are_set_hold_for_the_workers_too(
    running: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TENDERFLOW_GUARD", '{"tags": 6000000}')
    for role in ("assembly", "pricing", "archive"):
        assert supervise_parts.worker(running, role).environment["TENDERFLOW_GUARD"] == '{"tags": 6000000}'


def test_a_second_up_changes_nothing_and_is_immediate(running: Settings) -> None:
    before = status(running).running
    again = up(running)
    assert (again.already, again.seconds < 2, status(running).running) == (True, True, before)


def test_every_worker_counts_working_days_by_the_calendar_folder_of_the_settings(running: Settings) -> None:
    for role in ("assembly", "pricing", "archive"):
        environment = Path(f"/proc/{status(running).running[f'worker-{role}']}/environ").read_text().split("\0")
        assert f"TENDERFLOW_CALENDARS={CALENDARS}" in environment


def test_each_worker_holds_its_own_store_key_and_no_other(running: Settings) -> None:
    keys = json.loads((running.store_home / "credentials.json").read_text())
    for role in ("assembly", "pricing", "archive"):
        environment = Path(f"/proc/{status(running).running[f'worker-{role}']}/environ").read_text()
        held = {other for other, key in keys.items() if key["secret"] in environment}
        assert held == {role}
        assert f"TENDERFLOW_IDENTITY={running.keys_home / f'worker-{role}'}" in environment.split("\0")


def test_no_process_leaves_a_picture_of_its_memory_when_it_crashes(running: Settings) -> None:
    for pid in status(running).running.values():
        limits = Path(f"/proc/{pid}/limits").read_text()
        assert next(line for line in limits.splitlines() if line.startswith("Max core file size")).split()[4] == "0"


def test_passwords_and_keys_are_readable_by_the_owner_alone(running: Settings) -> None:
    exposed = [
        path
        for path in (running.prefect_home / "auth", *running.keys_home.glob("*/id_ed25519"))
        if stat.S_IMODE(path.stat().st_mode) & 0o077
    ]
    assert exposed == []
    assert stat.S_IMODE(running.home.stat().st_mode) == 0o700


@pytest.mark.parametrize("name", ["worker-pricing", "watch", "store"])
def test_what_is_killed_is_started_again(running: Settings, name: str) -> None:
    first = status(running).running[name]
    os.kill(first or 0, signal.SIGKILL)
    assert _until(lambda: status(running).running[name] not in (None, first))
    assert status(running).restarts[name] >= 1


def test_a_supervisor_that_was_killed_leaves_all_running_and_the_next_takes_over(running: Settings) -> None:
    before = status(running).running
    os.kill(before["supervisor"] or 0, signal.SIGKILL)
    assert _until(lambda: status(running).phase is Phase.DOWN)
    up(running)
    after = status(running).running
    assert after["supervisor"] != before["supervisor"]
    assert {name: pid for name, pid in after.items() if name != "supervisor"} == {
        name: pid for name, pid in before.items() if name != "supervisor"
    }


def test_the_doctor_finds_store_prefect_keys_and_clock_sound(running: Settings) -> None:
    findings = {finding.what: finding for finding in examine(running)}
    wanted = {
        "Processes",
        "Prefect server",
        "Clock against the store",
        "Keys of worker pricing",
        "Store: versions",
        "Store: conditional write",
        "Store: Object Lock",
    }
    assert wanted <= set(findings)
    assert [findings[what] for what in wanted if not findings[what].ok] == []


def test_the_doctor_names_a_key_that_others_may_read(running: Settings) -> None:
    key = running.keys_home / "worker-pricing" / "id_ed25519"
    key.chmod(0o644)
    try:
        bad = [finding for finding in examine(running) if not finding.ok and finding.what == "Keys of worker pricing"]
    finally:
        key.chmod(0o600)
    assert [finding.found for finding in bad] == ["id_ed25519 readable by others"]


def _run(settings: Settings, deployment: str, changes: dict[str, Any]) -> dict[str, Any]:
    """Change a deployment through the API as its password permits, run it, change it back; return the run's state."""
    found = ask(settings, f"/deployments/name/{deployment}/{deployment}")
    path = f"/deployments/{found['id']}"
    _send(settings, "PATCH", path, changes)
    try:
        run = _send(settings, "POST", f"{path}/create_flow_run", {"parameters": {"tender_id": "no-such", "steps": "x"}})
        ended = ("FAILED", "CRASHED", "COMPLETED")
        assert _until(lambda: ask(settings, f"/flow_runs/{run['id']}")["state"]["type"] in ended)
        return dict(ask(settings, f"/flow_runs/{run['id']}")["state"])
    finally:
        _send(settings, "PATCH", path, {"entrypoint": found["entrypoint"], "job_variables": {}, "pull_steps": None})


def _send(settings: Settings, method: str, path: str, body: dict[str, Any]) -> Any:
    """Send a request; like Prefect's own client, again after 503, which its database gives when it is busy."""
    url, auth = prefect_connection(settings)
    name, password = auth.split(":", 1)
    for pause in (1, 2, 4, 8, 0):
        answer = httpx.request(method, url + path, json=body, auth=(name, password), trust_env=False)
        if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
            break
        time.sleep(pause)
    answer.raise_for_status()
    return answer.json() if answer.content else None


def test_the_pricing_worker_refuses_an_entry_point_that_the_api_was_made_to_name(running: Settings) -> None:
    state = _run(running, "price-volume", {"entrypoint": "flows.bid.bid"})
    assert state["type"] in ("FAILED", "CRASHED")
    log = (running.logs / "worker-pricing.log").read_text()
    assert "found entry point flows.bid.bid, expected one of flows.price_volume.price_volume" in log


def test_the_pricing_worker_ignores_commands_environment_and_pull_steps_of_the_api(
    running: Settings, tmp_path: Path
) -> None:
    trace = tmp_path / "was-here"
    script = tmp_path / "evil.py"
    script.write_text(f"open({str(trace)!r}, 'a').write('run')")
    pulled = {"prefect.deployments.steps.run_shell_script": {"script": f"touch {trace}"}}
    (tmp_path / "sitecustomize.py").write_text(script.read_text())
    _run(
        running,
        "price-volume",
        {
            "job_variables": {
                "command": f"{sys.executable} {script}",
                "working_dir": str(tmp_path),
                "env": {"PYTHONPATH": str(tmp_path), "TENDERFLOW_HOME": str(tmp_path)},
            },
            "pull_steps": [pulled],
        },
    )
    assert not trace.exists()


def test_the_pricing_worker_ignores_a_template_of_its_pool_that_the_api_was_made_to_take(
    running: Settings, tmp_path: Path
) -> None:
    trace = tmp_path / "was-here"
    found = ask(running, "/work_pools/pricing")["base_job_template"]
    changed = {
        **found,
        "job_configuration": {
            **found["job_configuration"],
            "command": f"touch {trace}",
            "working_dir": str(tmp_path),
            "env": {"PYTHONPATH": str(tmp_path)},
        },
    }
    (tmp_path / "sitecustomize.py").write_text(f"open({str(trace)!r}, 'a').write('run')")
    _send(running, "PATCH", "/work_pools/pricing", {"base_job_template": changed})
    try:
        state = _run(running, "price-volume", {})
    finally:
        _send(running, "PATCH", "/work_pools/pricing", {"base_job_template": found})
    assert state["type"] in ("FAILED", "CRASHED")  # there is no such tender: the listed flow itself was run
    assert "StepFailed" in state["message"] or "no-such" in state["message"]
    assert not trace.exists()


def test_down_ends_everything_and_up_finds_the_same_ports_and_data(running: Settings) -> None:
    address, stored = prefect_connection(running), object_store(running, "admin")
    stored.put("drafts", "agv/procedure/x/0001", b"sealed")
    pids = [pid for pid in status(running).running.values() if pid]
    down(running)
    assert [pid for pid in pids if _is_ours(pid, running)] == []
    assert status(running).phase is Phase.DOWN
    up(running)
    assert prefect_connection(running) == address
    assert stored.get("drafts", "agv/procedure/x/0001") == b"sealed"


def _is_ours(pid: int, settings: Settings) -> bool:
    try:
        return str(settings.home) in Path(f"/proc/{pid}/environ").read_text()
    except (FileNotFoundError, ProcessLookupError):  # it ended between the two looks
        return False


def test_a_prefect_port_taken_by_another_program_is_named_and_nothing_stays_up(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        settings = Settings(home=tmp_path / "home", prefect_port=port)
        with pytest.raises(NotUp, match=str(port)):
            up(settings)
    now = status(settings)
    assert now.phase is Phase.FAILED
    assert [pid for pid in now.running.values() if pid] == []


def test_a_home_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    command = [sys.executable, "-c", "from flows import settings, supervise_control as c; c.up(settings.load())"]
    environment = os.environ | {"TENDERFLOW_HOME": str(tmp_path / "file" / "home")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert "expected a folder that can be written" in done.stderr


def test_down_of_what_never_ran_says_so(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    assert down(settings) == []
    assert status(settings).phase is Phase.DOWN
    with pytest.raises(NotSetUp, match="tender up"):
        prefect_connection(settings)


def test_an_external_store_gives_each_role_its_key_from_a_file(embedded: EmbeddedStore, tmp_path: Path) -> None:
    keys = tmp_path / "keys.json"
    external = embedded.credentials("pricing")
    keys.touch(mode=0o600)
    keys.write_text(json.dumps({"pricing": {"access": external.access_key, "secret": external.secret_key}}))
    settings = Settings(home=tmp_path, s3_endpoint=external.endpoint, s3_secure=False, s3_credentials=keys)
    assert store_credential(settings, "pricing") == external
    with pytest.raises(SettingsWrong, match="role archive"):
        store_credential(settings, "archive")
    keys.chmod(0o644)
    with pytest.raises(SettingsWrong, match="0600"):
        store_credential(settings, "pricing")


def test_a_setting_that_cannot_be_used_is_named_without_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENDERFLOW_RETENTION_DAYS", "secret")
    with pytest.raises(SettingsWrong, match="TENDERFLOW_RETENTION_DAYS") as caught:
        load()
    assert "secret" not in str(caught.value)


def test_a_deployment_with_a_key_that_is_not_applied_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = tmp_path / "prefect.yaml"
    wrong.write_text(
        "deployments:\n  - {name: bid, entrypoint: flows.bid.bid, build: x, work_pool: {name: assembly}}\n"
    )
    monkeypatch.setattr("flows.supervise_deploy.DEPLOYMENTS", wrong)
    with pytest.raises(DeploymentWrong, match="build"):
        read_deployments()

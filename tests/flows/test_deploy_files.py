"""The files that an operations team installs: deployments, automations, compose, systemd units, what each host gets."""

import importlib
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from prefect import Flow
from ruamel.yaml import YAML

from deploy.hand_out import STORE_ROLES, hand_out
from flows.settings import WORKERS, Settings
from flows.supervise_automations import read_automations
from flows.supervise_deploy import read_deployments
from flows.worker import ENTRY_POINTS
from storage.identity import CredentialIdentity

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return dict(YAML(typ="safe").load(DEPLOY / "compose.yaml"))


def test_every_flow_is_a_deployment_with_words_tags_and_a_limit_and_its_worker_lists_it() -> None:
    entries = read_deployments()
    for entry in entries:
        assert entry["entrypoint"] in ENTRY_POINTS[entry["work_pool"]["name"]]
        assert len(entry["description"]) > 40
        assert entry["tags"]
        assert entry["concurrency_limit"]["limit"] >= 1
    listed = {entry for entries in ENTRY_POINTS.values() for entry in entries}
    assert {entry["entrypoint"] for entry in entries} == listed
    written = {
        f"flows.{path.stem}.{name}"
        for path in (ROOT / "flows").glob("*.py")
        for name in re.findall(r"^@flow.*?^def (\w+)", path.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    }
    assert written == listed


def test_every_parameter_of_a_deployment_has_a_form_with_a_type_and_words() -> None:
    from prefect.utilities.callables import parameter_schema

    for entry in read_deployments():
        module, _, name = entry["entrypoint"].rpartition(".")
        flow = getattr(importlib.import_module(module), name)
        assert isinstance(flow, Flow)
        for field in parameter_schema(flow.fn).properties.values():
            assert field["type"] in ("string", "integer")
            assert field["description"]


def test_every_schedule_is_read_by_prefect() -> None:
    from prefect.schedules import Cron

    schedules = [entry["schedule"] for entry in read_deployments() if "schedule" in entry]
    assert len(schedules) >= 5
    for schedule in schedules:
        assert Cron(schedule["cron"], timezone=schedule["timezone"]).cron == schedule["cron"]


def test_the_automations_are_read_by_prefect_and_wait_for_three_heartbeats() -> None:
    from flows.supervise_parts import HEARTBEAT_SECONDS

    (zombies,) = [each for each in read_automations() if "heartbeat" in each.name]
    assert zombies.trigger.within.total_seconds() >= 3 * HEARTBEAT_SECONDS
    assert {"prefect.flow-run.Suspended", "prefect.flow-run.Completed"} <= zombies.trigger.expect


def python_services(compose: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {name: entry for name, entry in compose["services"].items() if entry["image"] == "tenderflow"}


def test_compose_gives_each_worker_its_own_identity_and_folder_alone(compose: dict[str, Any]) -> None:
    for name, service in python_services(compose).items():
        role = name.removeprefix("worker-")
        files = {Path(path).parent.name for path in service["env_file"]}
        identities = [secret["source"] for secret in service.get("secrets", ())]
        if name.startswith("worker-"):
            assert files == {role}
            assert identities == ([f"identity-{role}"] if role in WORKERS else [])
            assert service["command"] == ["python", "-m", "flows.worker", role]
            assert role in ENTRY_POINTS
        else:
            assert identities == []
    for role in WORKERS:
        assert compose["secrets"][f"identity-{role}"]["file"] == f"secrets/{role}/identity"


def test_compose_names_only_settings_that_exist_services_that_exist_and_no_core_dumps(compose: dict[str, Any]) -> None:
    known = {f"TENDERFLOW_{name}".upper() for name in Settings.model_fields}
    for name, service in python_services(compose).items():
        ours = {variable for variable in service.get("environment", {}) if variable.startswith("TENDERFLOW_")}
        assert ours <= known, name
        assert set(service.get("depends_on", {})) <= set(compose["services"])
        assert service["ulimits"] == {"core": 0}
        assert service["mem_swappiness"] == 0
    for service in compose["services"].values():
        assert {secret["source"] for secret in service.get("secrets", ())} <= set(compose["secrets"])
        assert {volume.partition(":")[0] for volume in service.get("volumes", ()) if not volume.startswith(".")} <= set(
            compose["volumes"]
        )
        assert service["image"] == "tenderflow" or ":" in service["image"]


def test_the_store_of_compose_is_reached_through_its_s3_door_alone(compose: dict[str, Any]) -> None:
    inner = [name for name in compose["services"] if name.startswith("store-") and name != "store-s3"]
    assert inner
    assert all(compose["services"][name]["networks"] == ["store"] for name in inner)
    assert compose["networks"]["store"] == {"internal": True}


def test_prefect_settings_of_the_cluster_are_the_same_for_compose_and_systemd(compose: dict[str, Any]) -> None:
    lines = (DEPLOY / "systemd" / "cluster.env").read_text("utf-8").splitlines()
    units = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    containers = compose["services"]["prefect"]["environment"]
    hosts = {"PREFECT_SERVER_DOCKET_URL", "PREFECT_REDIS_MESSAGING_HOST", "PREFECT_HOME", "DO_NOT_TRACK"}
    assert {k: v for k, v in units.items() if k not in hosts} == {k: v for k, v in containers.items() if k not in hosts}


@pytest.mark.parametrize("unit", sorted((DEPLOY / "systemd").glob("*.service")), ids=lambda path: path.name)
def test_a_unit_is_one_that_systemd_takes(unit: Path, tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd-analyze here")
    text = re.sub(r"(?m)^(ExecStart(?:Pre)?=)\S+", r"\1/bin/true", unit.read_text("utf-8"))
    copy = tmp_path / unit.name.replace("@.", "@pricing.")
    copy.write_text(text, "utf-8")
    done = subprocess.run(["systemd-analyze", "verify", str(copy)], capture_output=True, text=True, check=False)
    own = [line for line in (done.stdout + done.stderr).splitlines() if copy.name in line]
    assert own == []
    assert "LimitCORE=0" in text


def test_each_host_is_handed_its_own_keys_and_no_others(tmp_path: Path) -> None:
    hand_out(tmp_path, "store:8333", "http://prefect:4200/api", database="postgresql+asyncpg://p:PASSWORD@db/p")
    handed = {name: (tmp_path / name / "process.env").read_text("utf-8") for name in STORE_ROLES}
    secrets = {name: re.search("S3_SECRET_KEY=(.*)", text)[1] for name, text in handed.items()}  # type: ignore[index]
    assert len(set(secrets.values())) == len(secrets) - 1  # the sweeper shares the assembly worker's
    for role in WORKERS:
        holder = CredentialIdentity("identity", (tmp_path / role,)).load()
        assert holder.name == f"worker:{role}"
        files = {path.name for path in (tmp_path / role).iterdir()}
        assert files == {"process.env", "identity"}
    assert {path.name for path in (tmp_path / "backup").iterdir()} == {"process.env"}
    private = ("process.env", "identity", "auth", "server.env", "credentials.json", "s3.json", "database-password")
    written = [path for path in tmp_path.rglob("*") if path.name in private]
    assert len(written) == 14
    assert [path for path in written if path.stat().st_mode & 0o077] == []
    assert "PASSWORD" not in (tmp_path / "prefect" / "server.env").read_text("utf-8")


def test_handing_out_again_changes_no_key(tmp_path: Path) -> None:
    given: Any = (tmp_path, "store:8333", "http://prefect:4200/api")
    hand_out(*given)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file() and path.name != "identity"}
    hand_out(*given)
    assert {path: path.read_bytes() for path in before} == before

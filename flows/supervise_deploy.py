"""Applies `prefect.yaml` and `deploy/automations` to the Prefect server, from a process that starts beside it.

It is what `prefect deploy --all` does, without the second start of Python and the second import.
"""

import argparse
import hashlib
import importlib
import logging
import time
from pathlib import Path
from typing import Any

from flows.errors import TenderError
from flows.settings import Settings, load, pools
from flows.supervise_automations import AUTOMATIONS, apply_automations
from flows.supervise_health import await_api
from flows.supervise_prefect import prefect_connection

ROOT = Path(__file__).parents[1]
DEPLOYMENTS = ROOT / "prefect.yaml"
KEYS = frozenset(
    (
        "name",
        "entrypoint",
        "description",
        "tags",
        "parameters",
        "work_pool",
        "schedule",
        "concurrency_limit",
        "triggers",
    )
)
"""What an entry may say: what is applied here, and nothing that would make a worker fetch or run other code."""
LOG = logging.getLogger("tenderflow.deploy")


class DeploymentWrong(TenderError):
    """An entry of `prefect.yaml` says something that is not understood."""


def fingerprint(settings: Settings, *, one_host: bool) -> str:
    """Return what the deployments depend on: server, hosts, pools, files, the code whose parameters they show."""
    parts = [DEPLOYMENTS, *sorted(AUTOMATIONS.glob("*.yaml")), *sorted((ROOT / "flows").glob("*.py"))]
    place = f"{prefect_connection(settings)[0]} {one_host} {pools(settings)}"
    content = [place.encode(), *(part.read_bytes() for part in parts)]
    return hashlib.sha256(b"\0".join(content)).hexdigest()


def is_deployed(settings: Settings) -> bool:
    """Tell whether the server knows the deployments as they stand now."""
    try:
        return _marker(settings).read_text() == fingerprint(settings, one_host=settings.one_host)
    except FileNotFoundError:
        return False


def _marker(settings: Settings) -> Path:
    return settings.prefect_home / "deployed"


def read_deployments() -> list[dict[str, Any]]:
    """Return the entries of `prefect.yaml`.

    Raises:
        DeploymentWrong: an entry pulls code, or has a key that is not applied here.
    """
    from ruamel.yaml import YAML

    document = YAML(typ="safe").load(DEPLOYMENTS)
    for entry in document["deployments"]:
        unknown = set(entry) - KEYS
        if unknown or document.get("pull"):
            raise DeploymentWrong(
                "prefect.yaml: deployment {name}: found {found}, expected only keys that `tender up` applies; "
                "next: see flows/supervise_deploy.py",
                name=entry["name"],
                found=", ".join(sorted(unknown)) or "pull",
            )
    return list(document["deployments"])


def apply(settings: Settings, entries: list[dict[str, Any]], *, one_host: bool) -> None:
    """Make every work pool, deployment and automation, or bring them up to date."""
    flows = {entry["name"]: _flow(entry["entrypoint"]) for entry in entries}
    await_api(settings)
    _make_pools({entry["work_pool"]["name"] for entry in entries})
    for entry in entries:
        _deploy(flows[entry["name"]], entry, is_served=entry["work_pool"]["name"] in pools(settings))
        LOG.info("deployed %s", entry["name"])
    apply_automations(one_host=one_host)
    _marker(settings).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _marker(settings).write_text(fingerprint(settings, one_host=one_host))


def _flow(entrypoint: str) -> Any:
    module, _, name = entrypoint.rpartition(".")
    return getattr(importlib.import_module(module), name)


def _make_pools(names: set[str]) -> None:
    from prefect import get_client
    from prefect.client.schemas.actions import WorkPoolCreate
    from prefect.exceptions import ObjectAlreadyExists
    from prefect.workers.process import ProcessWorker

    template = ProcessWorker.get_default_base_job_template()
    with get_client(sync_client=True) as client:
        for name in sorted(names):
            try:
                client.create_work_pool(WorkPoolCreate(name=name, type="process", base_job_template=template))
            except ObjectAlreadyExists:
                LOG.info("work pool %s stands", name)


def _deploy(flow: Any, entry: dict[str, Any], *, is_served: bool) -> None:
    from prefect.client.schemas.objects import ConcurrencyLimitConfig
    from prefect.events.schemas.deployment_triggers import DeploymentTriggerTypes
    from prefect.types.entrypoint import EntrypointType
    from pydantic import TypeAdapter

    limit, triggers = entry.get("concurrency_limit"), entry.get("triggers", [])
    deployment = flow.to_deployment(
        entry["name"],
        description=entry.get("description"),
        tags=entry.get("tags"),
        parameters=entry.get("parameters"),
        schedule=_schedule(entry.get("schedule"), is_served),
        concurrency_limit=ConcurrencyLimitConfig(**limit) if limit else None,
        triggers=TypeAdapter(list[DeploymentTriggerTypes]).validate_python(triggers),
        work_pool_name=entry["work_pool"]["name"],
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    deployment.apply()


def _schedule(entry: dict[str, Any] | None, is_served: bool) -> Any:
    """Return a schedule that rests where nobody serves the pool, or late runs would pile up."""
    from prefect.schedules import Cron

    return Cron(entry["cron"], timezone=entry.get("timezone"), active=is_served) if entry else None


def main() -> None:
    """Apply `prefect.yaml` once the server answers; a host that is alone is told so by who starts this."""
    parser = argparse.ArgumentParser(prog="python -m flows.supervise_deploy", description="Apply prefect.yaml.")
    parser.add_argument("--one-host", action="store_true", help="no worker runs elsewhere: leave out the automations")
    one_host = parser.parse_args().one_host
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    started = time.monotonic()
    apply(load(), read_deployments(), one_host=one_host)
    LOG.info("all deployed after %.1f s", time.monotonic() - started)


if __name__ == "__main__":
    main()

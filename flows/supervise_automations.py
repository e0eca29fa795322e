"""Applies the automations of `deploy/automations` to the Prefect server; each file is one, known by its name."""

import logging
from pathlib import Path
from typing import Any

AUTOMATIONS = Path(__file__).parents[1] / "deploy" / "automations"
LOG = logging.getLogger("tenderflow.deploy")


def read_automations() -> list[Any]:
    """Return the automations as Prefect reads them.

    Raises:
        pydantic.ValidationError: a file says something that Prefect does not know.
    """
    from prefect.events.schemas.automations import AutomationCore
    from ruamel.yaml import YAML

    reader = YAML(typ="safe")
    return [AutomationCore.model_validate(reader.load(file)) for file in sorted(AUTOMATIONS.glob("*.yaml"))]


def apply_automations(*, one_host: bool) -> None:
    """Make every automation, or bring it up to date; those that others made stay as they are.

    Args:
        one_host: Whether the sweeper sees the processes of all workers. Then ours are taken away: the server would pay
            for each event of a run with a write that its SQLite has no room for.
    """
    from prefect import get_client

    with get_client(sync_client=True) as client:
        for wanted in read_automations():
            standing = [automation.id for automation in client.read_automations_by_name(wanted.name)]
            if one_host:
                for each in standing:
                    client.delete_automation(each)
            elif standing:
                for each in standing:
                    client.update_automation(each, wanted)
            else:
                client.create_automation(wanted)
            LOG.info("automation %s: %s", wanted.name, "not needed on one host" if one_host else "applied")

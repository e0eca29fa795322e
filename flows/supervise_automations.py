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


def apply_automations() -> None:
    """Make every automation, or bring it up to date; those that others made stay as they are."""
    from prefect import get_client

    with get_client(sync_client=True) as client:
        for wanted in read_automations():
            standing = client.read_automations_by_name(wanted.name)
            for automation in standing:
                client.update_automation(automation.id, wanted)
            if not standing:
                client.create_automation(wanted)
            LOG.info("automation %s", wanted.name)

"""The one way to an artifact in the Prefect UI; Prefect's own functions leave their connection open."""

import json
from collections.abc import Mapping, Sequence

from prefect import get_client
from prefect.client.schemas.actions import ArtifactCreate
from prefect.utilities.context import get_task_and_flow_run_ids


def show_table(key: str, rows: Sequence[Mapping[str, str]], description: str) -> None:
    """Show rows as a table under a key (lower-case letters, digits, dashes)."""
    _create("table", key, json.dumps([dict(row) for row in rows], ensure_ascii=False), description)


def show_markdown(key: str, text: str) -> None:
    """Show a text in Markdown under a key."""
    _create("markdown", key, text)


def show_progress(key: str, percent: float, description: str) -> None:
    """Show a bar, 0 to 100, under a key."""
    _create("progress", key, percent, description)


def _create(kind: str, key: str, data: str | float, description: str = "") -> None:
    task_run, flow_run = get_task_and_flow_run_ids()
    artifact = ArtifactCreate(
        type=kind, key=key, data=data, description=description or None, task_run_id=task_run, flow_run_id=flow_run
    )
    with get_client(sync_client=True) as client:
        client.create_artifact(artifact)

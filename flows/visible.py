"""What a run shows in the Prefect UI: a progress artifact and a table of the stages. Ids, roles and dates only."""

from flows.artifacts import show_progress, show_table
from flows.case import Case
from flows.steps.procedure import STAGES, StageRow, State, board


def publish(case: Case) -> None:
    """Publish the stages of a tender as artifacts of the present run."""
    rows = board(case.lot_ids, case.facts(), case.record.deadline)
    show_table(f"stages-{case.tender}", [_line(row) for row in rows], f"Stages of {case.tender}")
    show_progress(f"progress-{case.tender}", percent(rows), f"{case.tender}: stages passed")


def percent(rows: list[StageRow]) -> float:
    """Return the share of stages passed over all lots, 0 to 100."""
    passed = sum(row.state is State.PASSED for row in rows)
    return round(100 * passed / max(1, len(rows)), 1)


def _line(row: StageRow) -> dict[str, str]:
    return {
        "lot": row.lot,
        "no": f"{STAGES.index(row.stage) + 1}/{len(STAGES)}",
        "stage": row.stage,
        "state": row.state.value,
        "owner": row.owner,
        "due": row.due.isoformat(timespec="minutes") if row.due else "",
    }

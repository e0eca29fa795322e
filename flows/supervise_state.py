"""What the supervisor writes down for `tender up` and `tender status`."""

import json
import os
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any


class Phase(StrEnum):
    """Where an installation stands."""

    DOWN = "down"
    STARTING = "starting"
    READY = "ready"
    FAILED = "failed"
    STOPPING = "stopping"


@dataclass
class State:
    """The supervisor's view.

    Attributes:
        phase: Where the installation stands.
        done: Names of what is up, in the order it came up.
        restarts: How often each process was started again.
        message, values: What failed, as an error of the flows carries it.
    """

    phase: Phase = Phase.DOWN
    done: list[str] = field(default_factory=list)
    restarts: dict[str, int] = field(default_factory=dict)
    message: str = ""
    values: dict[str, Any] = field(default_factory=dict)


def read_state(home: Path) -> State:
    """Return the last state written in a home; `DOWN` if none was."""
    try:
        value = json.loads((home / "run" / "state.json").read_text("utf-8"))
    except FileNotFoundError:
        return State()
    return State(**{**value, "phase": Phase(value["phase"])})


def write_state(home: Path, state: State) -> None:
    """Replace the state in one step."""
    path = home / "run" / "state.json"
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(asdict(state), ensure_ascii=False, default=str), "utf-8")
    os.replace(fresh, path)

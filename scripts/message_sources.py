"""Where message ids stand that reach `_` through a variable: arguments, fields and constants, by file."""

ARGUMENTS: tuple[tuple[str, str, tuple[int | str, ...]], ...] = (
    ("flows/doctor.py", "Finding", (0, 1, 2, 4, "next")),
    ("storage/probe.py", "Finding", (0, 1, 2)),
    ("storage/verify.py", "Finding", (0,)),
    ("storage/verify.py", "_each", (0,)),
    ("storage/prices/imports.py", "_Misfit", (2,)),
    ("flows/steps/checks/rules/*.py", "rule", (1, 3)),
    ("flows/steps/checks/report.py", "say", (0,)),
    ("flows/steps/*.py", "Mistake", (3,)),
    ("flows/steps/*.py", "mistake", (2,)),
    ("flows/steps/tender.py", "ValueError", (0,)),
)
"""File pattern, name of the called, positions or keywords of its arguments that are message ids."""

CONSTANTS: tuple[tuple[str, str], ...] = (
    ("flows/doctor.py", "advice"),
    ("flows/doctor.py", "found"),
    ("storage/probe.py", "found"),
    ("storage/probe.py", "expected"),
    ("storage/verify.py", "what"),
    ("flows/steps/procedure.py", "STAGES"),
    ("flows/steps/procedure.py", "PASSED"),
    ("flows/steps/procedure.py", "REJECTED"),
    ("flows/steps/procedure.py", "WAITING"),
    ("flows/steps/procedure.py", "AHEAD"),
    ("flows/waiting.py", "ARCHIVE"),
    ("flows/supervise_state.py", "READY"),
    ("flows/supervise_state.py", "DOWN"),
    ("flows/supervise_state.py", "STARTING"),
    ("flows/supervise_state.py", "FAILED"),
    ("flows/supervise_state.py", "STOPPING"),
    ("flows/steps/expected.py", "_EXPECTED"),
    ("flows/steps/expected.py", "_OF_KEYS"),
    ("flows/steps/clauses.py", "EXPECTED"),
    ("flows/steps/checks/report.py", "COLUMNS"),
    ("flows/steps/market/backtest.py", "names"),
)
"""File pattern and name: the texts assigned to it are message ids (of a mapping, its values)."""

BUILT = (
    "Keys of worker archive",
    "Keys of worker assembly",
    "Keys of worker pricing",
    "Store: Object Lock",
    "Store: conditional write",
    "Store: versions",
    "a credit code of 18 digits and letters without I, O, S, V, Z (GB 32100)",
    "a credit code whose check digit fits (GB 32100)",
    "a person id such as zhao.min",
    "model",
    "seen",
    "signature, date",
    "small letters, digits and -",
    "the deletion is accepted, the object is gone",
    "the deletion is accepted, the object is kept",
    "the deletion is refused, the object is gone",
)
"""Ids that are put together, or returned, where they are made."""

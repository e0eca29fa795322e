"""What a value should have been, in words, for every way in which it can be refused."""

from collections.abc import Sequence
from typing import Any

_EXPECTED = {
    "missing": "a value",
    "extra_forbidden": "no such key; see docs/data-model.md",
    "string_type": "a text",
    "string_too_short": "a text that is not empty",
    "decimal_parsing": "a number",
    "decimal_type": "a number",
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "bool_parsing": "true or false",
    "date_from_datetime_parsing": "a date like 2026-12-20",
    "date_parsing": "a date like 2026-12-20",
    "date_type": "a date like 2026-12-20",
    "datetime_from_date_parsing": "a time like 2026-12-20T09:30",
    "datetime_parsing": "a time like 2026-12-20T09:30",
    "datetime_type": "a time like 2026-12-20T09:30",
    "tuple_type": "a list",
    "list_type": "a list",
    "mapping_type": "a group of keys",
    "model_type": "a group of keys",
    "model_attributes_type": "a group of keys",
    "too_short": "at least one entry",
}
_OF_KEYS = {
    "tender": "3 to 40 of a-z, 0-9 and -, starting with a letter or digit",
    "currency": "three capital letters such as CNY",
    "id": "1 to 8 letters or digits",
}
_PEOPLE = ("handler", "leader", "technical", "pricing", "reviewer", "submitter", "clerk", "representative")


def first_hand(faults: Sequence[Any]) -> list[Any]:
    """Return pydantic's faults without what follows from others: a list is too short when its entries are wrong."""

    def follows(fault: Any) -> bool:
        place = fault["loc"]
        return fault["type"] == "too_short" and any(
            other["loc"][: len(place)] == place != other["loc"] for other in faults
        )

    return [fault for fault in faults if not follows(fault)]


def expected_of(fault: Any) -> tuple[str, str]:
    """Return (found, expected) of one pydantic fault; `expected` is an English message id."""
    kind, context = str(fault["type"]), fault.get("ctx", {})
    found = "nothing" if kind == "missing" else _shown(fault["input"])
    if kind == "too_short":
        found = f"{context['actual_length']} entries"
    if kind == "value_error":
        return found, str(context["error"])
    if kind == "string_pattern_mismatch":
        return found, _of_key(fault["loc"])
    if kind == "literal_error":
        return found, str(context["expected"])
    if kind in ("greater_than", "greater_than_equal", "less_than", "less_than_equal"):
        sign = {"greater_than": ">", "greater_than_equal": "≥", "less_than": "<", "less_than_equal": "≤"}[kind]
        return found, f"a number {sign} {context[{'>': 'gt', '≥': 'ge', '<': 'lt', '≤': 'le'}[sign]]}"
    return found, _EXPECTED.get(kind, str(fault["msg"]))


def _of_key(location: tuple[str | int, ...]) -> str:
    names = [part for part in location if isinstance(part, str)]
    if (len(names) > 1 and names[-2] in ("people", "panel")) or names[-1] in _PEOPLE:
        return "a person id such as zhao.min"
    return _OF_KEYS.get(names[-1], "small letters, digits and -")


def _shown(value: object) -> str:
    if isinstance(value, str):
        return value if len(value) <= 60 else value[:59] + "…"
    return {dict: "a group of keys", list: "a list", type(None): "nothing"}.get(type(value), str(value)[:60])

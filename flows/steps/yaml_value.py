"""A small YAML file that a person wrote, read once into a value; every mistake is named by line and column."""

from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from flows.steps.expected import expected_of
from flows.steps.mistake import InvalidTender, Mistake
from flows.steps.raw_values import read_yaml
from flows.steps.value import Value

_Value = TypeVar("_Value", bound=Value)


def read(file: Path, kind: type[_Value]) -> _Value:
    """Return what a YAML file says, as a value of the kind asked for.

    Raises:
        InvalidTender: with every mistake by line and column.
    """
    try:
        raw = read_yaml(file.read_text("utf-8-sig"), file.name)
    except UnicodeDecodeError as error:
        wrong = Mistake(file.name, f"byte {error.start}", "bytes of another encoding", "UTF-8 text")
        raise InvalidTender([wrong]) from error
    mistakes = list(raw.mistakes)
    if isinstance(raw.data, dict):
        try:
            made = kind.model_validate(raw.data)
        except ValidationError as error:
            for fault in error.errors():
                found, expected = expected_of(fault)
                place = raw.place(tuple(fault["loc"]))
                mistakes.append(Mistake(file.name, place, f"{'.'.join(map(str, fault['loc']))}: {found}", expected))
        else:
            if not mistakes:
                return made
    raise InvalidTender(mistakes or [Mistake(file.name, "line 1, column 1", "nothing", "a table of keys and values")])

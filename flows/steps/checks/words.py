"""What a rule says in words of its own: English text that keeps message id and values, for any language."""

from collections.abc import Callable
from typing import Any

Say = Callable[[str], str]
_LONGEST_VALUE = 160


class Words(str):
    """An English text made from a message id with {named} blanks; a value may be `Words` itself.

    Args:
        message: The message id, said by the catalogue.
        values: What fills the blanks; each is put on one line of at most 160 characters.
    """

    __slots__ = ("id", "values")
    id: str
    values: dict[str, str]

    def __new__(cls, message: str, /, **values: object) -> "Words":
        """Fill the blanks in English."""
        told = {name: v if isinstance(v, Words) else shorten(str(v)) for name, v in values.items()}
        words = super().__new__(cls, message.format(**told))
        words.id, words.values = message, told
        return words

    def say(self, say: Say) -> str:
        """Return the text in the language of `say`."""
        values = {name: value.say(say) if isinstance(value, Words) else value for name, value in self.values.items()}
        return say(self.id).format(**values)

    def to_json(self) -> dict[str, Any]:
        """Return message id and values as a JSON value."""
        values = {name: v.to_json() if isinstance(v, Words) else v for name, v in self.values.items()}
        return {"id": self.id, "values": values}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Words":
        """Return what `to_json` wrote."""
        values = {name: cls.from_json(v) if isinstance(v, dict) else v for name, v in value["values"].items()}
        return cls(value["id"], **values)


def shorten(text: str, most: int = _LONGEST_VALUE) -> str:
    """Return `text` on one line of at most `most` characters."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"

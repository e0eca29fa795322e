"""One mistake in a file that a person wrote: where it stands, what is there, what should be."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from flows.errors import TenderError


@dataclass(frozen=True)
class Mistake:
    """`place` is `line 3, column 7` or `sheet!B4`; `expected` is an English message id."""

    file: str
    place: str
    found: str
    expected: str

    def to_json(self) -> dict[str, str]:
        """Return the mistake as a JSON value."""
        return asdict(self)


class InvalidTender(TenderError):
    """A tender folder has mistakes; `mistakes` are all of them, in the order of their places."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        first = mistakes[0]
        super().__init__(
            "tender folder: found {count} mistakes, first in {file} at {place}; next: tender validate names every one",
            count=len(mistakes),
            file=first.file,
            place=first.place,
        )
        self.mistakes = tuple(mistakes)


class InvalidSheet(InvalidTender):
    """A form or sheet that a person filled in has mistakes; `mistakes` are all of them."""

    def __init__(self, file: str, mistakes: Sequence[Mistake]) -> None:
        super().__init__(mistakes)
        TenderError.__init__(
            self,
            "{file}: found {count} mistakes, first at {place}; nothing was taken in; next: correct what is named below",
            file=file,
            count=len(mistakes),
            place=mistakes[0].place,
        )

"""The one base class of every error of the flows and their steps, and the words of the procedure in it."""


class PublicWords(str):
    """What the procedure says of a stage (`leader: qian.wei; offer/1: stale`); its parts are message ids."""

    __slots__ = ()


class TenderError(Exception):
    """Something about a tender was refused or failed.

    Args:
        message: English message id with ``{named}`` blanks; the command line translates it.
        values: what fills the blanks. Never a price, a passphrase or a key.
    """

    transient = False
    """Whether waiting and trying again can help."""

    def __init__(self, message: str, /, **values: object) -> None:
        super().__init__(message.format(**values))
        self.message = message
        self.values = values

"""What can be wrong with an age file, a key or a call: each its own class, all of them AgeError."""

from storage.errors import StorageError


class AgeError(StorageError):
    """An age file was refused, or could not be made."""


class KeyTextError(AgeError):
    """A text is no recipient or identity that this module knows."""


class RecipientsError(AgeError):
    """These recipients cannot stand together in one file."""


class ArmorError(AgeError):
    """The ASCII armor around an age file is not in its strict form."""


class HeaderError(AgeError):
    """The header does not follow the format, or exceeds a limit."""


class NoMatchError(AgeError):
    """None of the identities opens the file."""


class HeaderMacError(AgeError):
    """The header was altered: its MAC is not that of the file key."""


class ContextMismatch(AgeError):
    """The file was sealed as another object, version, compartment or tender than the one asked for."""


class PayloadError(AgeError):
    """The payload was altered, cut, extended or reordered."""

"""The price archive: what was offered, by whom, and what became of it, as Delta tables that every engine reads."""

from storage.prices.place import ArchiveBusy, ArchiveError, Place
from storage.prices.schema import BidRow, LineRow, OutcomeRow
from storage.prices.tables import ArchiveResult, PriceArchive

__all__ = ["ArchiveBusy", "ArchiveError", "ArchiveResult", "BidRow", "LineRow", "OutcomeRow", "Place", "PriceArchive"]

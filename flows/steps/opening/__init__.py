"""Opening records (开标记录): read from Excel, CSV or typed rows; doubtful rows set aside with reasons."""

from flows.steps.opening.record import OpenedBid, OpeningRecord, read_opening
from flows.steps.opening.sheet import Quarantined, Source

__all__ = ["OpenedBid", "OpeningRecord", "Quarantined", "Source", "read_opening"]

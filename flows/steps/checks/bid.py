"""The bid that is checked: its record, documents, offer and clock, with everything read from the documents once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from flows.steps.checks.reading.document import Document
from flows.steps.checks.reading.docx import read_docx
from flows.steps.checks.reading.labels import Labelled, labelled
from flows.steps.checks.reading.pdf import Pages, read_pdf
from flows.steps.checks.reading.responses import ResponseTable, response_tables
from flows.steps.checks.reading.schedules import Schedule, schedules_in
from flows.steps.checks.reading.totals import TotalMention, totals_in
from flows.steps.price import PriceOffer
from flows.steps.tender import Lot, Tender
from templates import catalogue
from templates.catalogue import TemplateSet
from templates.errors import TemplateError


@dataclass(frozen=True)
class BidUnderCheck:
    """One lot's bid. Whatever is missing makes the rules that need it HUMAN, never PASS.

    Args:
        record: The tender, or None when only documents are at hand.
        documents: Volume or part id → Word file.
        pdfs: Volume or part id → PDF, the rendering of the document of the same id or a document of its own.
        offer: The price offer, where the checker may see it.
        now: Aware time of the check.
        lot: Lot id; the first lot when empty.
        residue: Names, numbers and models of other tenders that must not occur, None when no index is at hand.
        residue_unread: How many other tenders' names could not be read.
        unresolved: Group of entries of the record (`qualifications`) → items of company libraries that it refers to and
            that nobody was at hand to open; the record stands without them.
    """

    record: Tender | None
    documents: Mapping[str, bytes]
    pdfs: Mapping[str, bytes] = field(default_factory=dict)
    offer: PriceOffer | None = None
    now: datetime | None = None
    lot: str = ""
    residue: Sequence[str] | None = None
    residue_unread: int = 0
    unresolved: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @cached_property
    def this_lot(self) -> Lot | None:
        """Return the lot's record."""
        if self.record is None:
            return None
        return self.record.lot(self.lot) if self.lot else self.record.lots[0]

    @cached_property
    def template_set(self) -> TemplateSet | None:
        """Return the record's template set; None without a record, or when it is not installed here."""
        try:
            return catalogue.load(self.record.set) if self.record is not None else None
        except TemplateError:
            return None

    @cached_property
    def read(self) -> tuple[Document, ...]:
        """Return every document that could be read; a PDF without Word file is read as lines."""
        return tuple(document for document in self._all if not document.fault)

    @cached_property
    def faults(self) -> tuple[Document, ...]:
        """Return every document that could not be read."""
        return tuple(document for document in self._all if document.fault)

    @cached_property
    def _all(self) -> tuple[Document, ...]:
        words = [read_docx(name, content) for name, content in sorted(self.documents.items())]
        alone = [pages.as_document() for pages in self.pages if pages.name not in self.documents]
        return (*words, *alone)

    @cached_property
    def pages(self) -> tuple[Pages, ...]:
        """Return the pages of every PDF."""
        return tuple(read_pdf(name, content) for name, content in sorted(self.pdfs.items()))

    @cached_property
    def values(self) -> tuple[Labelled, ...]:
        """Return every labelled value of every document."""
        return tuple(value for values in self._values.values() for value in values)

    @cached_property
    def _values(self) -> dict[str, list[Labelled]]:
        return {document.name: list(labelled(document)) for document in self.read}

    @cached_property
    def schedules(self) -> tuple[Schedule, ...]:
        """Return every price schedule."""
        return tuple(s for document in self.read for s in schedules_in(document) if s.part not in _NO_PRICES)

    @cached_property
    def totals(self) -> tuple[TotalMention, ...]:
        """Return every mention of the total."""
        found: list[TotalMention] = []
        for document in self.read:
            schedules = [schedule for schedule in self.schedules if schedule.document == document.name]
            found += totals_in(document, self._values[document.name], schedules)
        return tuple(mention for mention in found if mention.part not in _NO_PRICES)

    @cached_property
    def responses(self) -> tuple[ResponseTable, ...]:
        """Return every response and deviation table."""
        return tuple(table for document in self.read for table in response_tables(document))

    def has_part(self, part: str) -> bool:
        """Return whether any document has a block in `part`."""
        return any(block.part == part for document in self.read for block in document.blocks)

    def text_of_part(self, part: str) -> str:
        """Return the text of a part over all documents, a line per paragraph and row."""
        return "\n".join(t for d in self.read for p, _place, t in d.texts() if p == part)


_NO_PRICES = ("track-record", "bond", "qualification", "description", "contents", "consortium")

"""What should not be in a final file: residue of other bids, tracked changes, comments, hidden text (R32, R35)."""

from collections.abc import Iterator

from flows.steps.checks.bid import BidUnderCheck
from flows.steps.checks.registry import Rule, rule
from flows.steps.checks.residue import Residue
from flows.steps.checks.verdict import Finding
from flows.steps.checks.words import Words


@rule(
    "R32",
    "residue of an earlier bid",
    "招标投标法实施条例 art. 51 (1); 财政部令第87号 art. 37",
    "replace it by this tender's own",
)
def residue(bid: BidUnderCheck, rule: Rule) -> Iterator[Finding]:
    """Names, numbers, buyers and models of other tenders, in body, header, footer, alt text, comment, metadata."""
    if bid.residue is None:
        yield rule.human(Words("no index of other tenders"), Words("names and numbers of archived tenders (--archive)"))
        return
    if not bid.read:
        yield rule.human(Words("no document"), Words("documents to search"))
        return
    index = Residue(bid.residue, bid.record)
    if bid.residue_unread:
        yield rule.human(
            Words("{count} tenders unread", count=bid.residue_unread), Words("the index of all archived tenders")
        )
    elif not index.size:
        yield rule.not_applicable(Words("no other tender is archived"))
    for document in bid.read:
        texts = [(place, text) for part, place, text in document.texts() if part != "track-record"]
        for place, text in (*texts, *document.around):
            for term in index.hits(text):
                yield rule.fail(term, Words("only this tender's names and numbers"), document.name, place)
    if index.size:
        yield rule.passed(Words("{count} names and numbers of other tenders", count=index.size), Words("none of them"))


@rule(
    "R35",
    "tracked changes, comments or hidden text",
    "财政部令第87号 art. 37",
    "accept the changes, delete comments and hidden text",
)
def revisions(bid: BidUnderCheck, rule: Rule) -> Iterator[Finding]:
    """No insertion, deletion, move, comment or hidden text is left in a Word file."""
    documents = [document for document in bid.read if not document.paged]
    if not documents:
        yield rule.human(Words("no Word file"), Words("the Word files"))
        return
    for document in documents:
        for revision in document.revisions:
            yield rule.fail(
                Words("{kind}: {text}", kind=Words(revision.kind), text=revision.text),
                Words("none"),
                document.name,
                revision.place,
            )
    yield rule.passed(Words("{count} Word files", count=len(documents)), Words("no revisions"))

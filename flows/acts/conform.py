"""Gathers what a tender's ledger, the register and the house ledger show, and judges it against the rule."""

from collections.abc import Sequence
from datetime import UTC, datetime

from flows.acts import house
from flows.acts.notice_index import Brief, briefs
from flows.case import Case
from flows.steps import procedure_versions
from flows.steps.conformance import Article, Evidence, Happened, NoticeSeen, Word, judge
from flows.steps.notices.standing import Act
from flows.wiring import Seat
from storage.manifest import Manifest
from storage.vault import SEALED


def articles(case: Case, notices: Sequence[NoticeSeen] = ()) -> tuple[Evidence, list[Article]]:
    """Return how a tender stands against every article of the rule, and what that is judged from.

    Args:
        notices: the technical-support notices of this tender, see `seen_notices`.

    Raises:
        NotForYou: the holder may not open the tender's ledger.
    """
    evidence = gather(case, datetime.now(UTC), notices)
    return evidence, judge(evidence)


def gather(case: Case, now: datetime, notices: Sequence[NoticeSeen] = ()) -> Evidence:
    """Return the evidence of one tender; every event and decision in it was verified by `storage`."""
    events = case.ledger.events()
    opened = events[0]
    inside = house.of(case) if house.is_open(case) else None
    versions = house.all_versions(inside) if inside else procedure_versions.shipped()
    technical = [row.holder for row in case.people.persons if "technical" in row.roles]
    return Evidence(
        tender=case.tender,
        department=str(case.opened["record"]["department"]),
        departments=frozenset(department.id for department in case.people.departments),
        lots=case.lot_ids,
        deadline=case.record.deadline,
        facts=case.facts(),
        events=[Happened(e.seq, e.at, e.by, e.type, e.lot, e.body) for e in events],
        words=_words(case),
        sealed=[(e.seq, case.manifested(Manifest.from_event(e.body))) for e in events if e.type == SEALED],
        technical=frozenset(technical),
        procedure=case.procedure,
        in_force=procedure_versions.in_force(versions, opened.at.date()).id,
        now=now,
        interpretations=_interpretations(inside),
        notices=notices,
    )


def seen_notices(seat: Seat, tender: str, now: datetime) -> list[NoticeSeen]:
    """Return what the holder may see of the technical-support notices of a tender; cancelled ones are left out."""
    found = [brief for brief in briefs(seat).values() if brief.said["tender"] == tender]
    return [_notice(brief, now) for brief in found if not brief.said["cancelled"]]


def _notice(brief: Brief, now: datetime) -> NoticeSeen:
    done = brief.done
    return NoticeSeen(
        number=brief.id,
        signed=Act.SIGN in done,
        handled=Act.ANSWER in done,
        fed_back=Act.ACKNOWLEDGE in done,
        registered=True,  # a notice gets its number when it is opened
        over=brief.over,
        on_time=brief.on_time(now),
    )


def _words(case: Case) -> list[Word]:
    return [Word(seq, signed) for seq, signed in case.signed_at()]


def _interpretations(inside: Case | None) -> dict[str, tuple[int, ...]]:
    by_article: dict[str, tuple[int, ...]] = {}
    for entry in house.interpretations(inside) if inside else ():
        by_article[entry.article] = (*by_article.get(entry.article, ()), entry.number)
    return by_article

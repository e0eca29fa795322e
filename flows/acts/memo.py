"""The price memo: what formula and history say about one lot, sealed for the pricing group. It decides nothing."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import pandas as pd

from flows import i18n
from flows.acts.named import require_lot, require_named
from flows.acts.sealing import Brought
from flows.case import Case
from flows.i18n import _
from flows.steps.cost import CostSheet
from flows.steps.market.assess import LabError, Question, assess
from flows.steps.market.cases import cases
from flows.steps.market.sections import answer_sections, whatif_section
from flows.steps.market.whatif import score_table
from flows.steps.score import ScoreRule, parse
from flows.steps.tender import Tender
from storage.prices.exports.report import Section, write_page

_STEPS = 10


@dataclass(frozen=True)
class Wanted:
    """What a person asks beyond the tender's own record and cost sheet; nothing given means it is taken from there.

    `prices` are ours, `rival_prices` those that the score is tried against, in the tender's currency and tax basis;
    `drops` the coefficients that may be drawn; `rivals` the names of who will bid, None when nobody knows.
    """

    prices: Sequence[Decimal] = ()
    ceiling: Decimal | None = None
    rival_prices: Sequence[Decimal] = ()
    drops: Sequence[Decimal] = ()
    rivals: tuple[str, ...] | None = None


def seal_memo(case: Case, lot: str, bids: pd.DataFrame, wanted: Wanted) -> Brought:
    """Seal the memo as `memo/<lot>` into the price compartment; every call is a version of its own.

    Args:
        bids: the archive's bids (`PriceArchive.bids`).

    Raises:
        NotNamed: the person is not in the pricing group of this tender.
        UnknownObject: no cost sheet was sealed.
        LabError: neither the record nor the person says a ceiling.
    """
    require_named(case, "pricing")
    require_lot(case, lot)
    cost = CostSheet.from_json(case.read(f"cost/{lot}", purpose="memo")).floor
    page = memo(case.record, lot, cost, bids, wanted).encode()
    manifest = case.vault.seal("price", f"memo/{lot}", page, media_type="text/html", step_key=None)
    return Brought(manifest.name, manifest.version, len(page))


def memo(tender: Tender, lot: str, cost: Decimal, bids: pd.DataFrame, wanted: Wanted) -> str:
    """Return the memo as one HTML page: the score under the tender's formula first, then what history says."""
    ceiling = wanted.ceiling or tender.lot(lot).ceiling
    if not ceiling or ceiling <= cost:
        raise LabError("price memo: no ceiling above our cost; next: give --ceiling")
    prices = tuple(wanted.prices) or _grid(cost, ceiling)
    rule = _rule(tender)
    names = wanted.rivals
    asked = Question(tender.bidder.name, ceiling, prices, cost, tender.lot(lot).name, names, rule)
    sections = answer_sections(assess(cases(bids), asked), asked)
    if rule:
        sections.insert(0, _score(rule, asked, wanted))
    title = _("Price memo: {tender}, lot {lot}").format(tender=tender.tender, lot=lot)
    return write_page(title, sections, i18n.language())


def _score(rule: ScoreRule, asked: Question, wanted: Wanted) -> Section:
    rivals = tuple(wanted.rival_prices) or _grid(asked.cost, asked.ceiling)
    found = score_table(rule, asked.prices, rivals, tuple(wanted.drops) or (rule.drop,), asked.ceiling)
    note = _("{formula}; tried against rival prices from {low} to {high}, {count} of them.")
    told = note.format(formula=rule.formula, low=f"{min(rivals):,}", high=f"{max(rivals):,}", count=len(rivals))
    return whatif_section(found, told)


def _rule(tender: Tender) -> ScoreRule | None:
    return parse(json.loads(tender.score.model_dump_json())) if tender.score else None


def _grid(low: Decimal, high: Decimal) -> tuple[Decimal, ...]:
    """Return prices from above `low` up to `high`, evenly spaced, in whole units of money."""
    return tuple((low + (high - low) * step / _STEPS).quantize(Decimal(1)) for step in range(1, _STEPS + 1))

"""The rule that a screening follows, as data with versions: threshold, short form, how many opinions by amount.

SJE/ZY/GK-02 art. 3.2. The files in `rules/` are the versions; the one in force when a tender was issued judges it.
"""

from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

from flows.errors import TenderError
from flows.steps.tender import Tender
from flows.steps.value import Amount, Positive, Text, Value

RULES = Path(__file__).parent / "rules"
HUNDRED = Decimal(100)


class PanelTooSmall(TenderError):
    """The tender names fewer people for the panel than the screening of a lot needs."""


class Short(Value):
    """Up to which ceiling the short form serves: a lot of its own, and one that repeats an earlier tender."""

    up_to: Positive
    repeat_up_to: Positive


class Tier(Value):
    """How many opinions a lot needs whose ceiling is at most `up_to`; the last tier has no limit."""

    people: int
    up_to: Positive | None = None


class Criterion(Value):
    """One weighted criterion; weights are per cent."""

    name: Text
    weight: Positive


class ScreeningRule(Value):
    """One version of the rule."""

    version: Text
    effective: date
    currency: Text
    threshold: Amount
    lead_days: int
    short: Short
    opinions: tuple[Tier, ...]
    criteria: tuple[Criterion, ...]


def rule_for(tender: Tender) -> ScreeningRule:
    """Return the version in force when the tender was issued; the oldest one for a tender from before it."""
    versions = _versions()
    return next((rule for rule in reversed(versions) if rule.effective <= tender.issued), versions[0])


@cache
def _versions() -> tuple[ScreeningRule, ...]:
    yaml = YAML(typ="safe", pure=True)
    rules = [ScreeningRule.model_validate(yaml.load(path.read_text("utf-8"))) for path in RULES.glob("*.yaml")]
    return tuple(sorted(rules, key=lambda rule: rule.effective))


def is_short(tender: Tender, lot: str) -> bool:
    """Tell whether the short form serves a lot: a small one, or a repeat or re-tender that is not large."""
    rule, amount = rule_for(tender), _amount(tender, lot)
    limit = rule.short.repeat_up_to if tender.repeat_of or tender.predecessor else rule.short.up_to
    return amount is not None and amount <= limit


def opinions_needed(tender: Tender, lot: str) -> int:
    """Return how many people of the panel must have signed an opinion before the decision over a lot."""
    if is_short(tender, lot):
        return 0
    amount = _amount(tender, lot)
    tiers = rule_for(tender).opinions
    fitting = (tier for tier in tiers if tier.up_to is None or (amount is not None and amount <= tier.up_to))
    return next(fitting).people


def require_panel(tender: Tender) -> None:
    """Refuse a tender whose panel cannot give the opinions that one of its lots needs.

    Raises:
        PanelTooSmall: naming the lot, how many are named and how many are needed.
    """
    people = len(set(tender.people.panel.values()))
    for lot in tender.lots:
        needed = opinions_needed(tender, lot.id)
        if people < needed:
            raise PanelTooSmall(
                "Tender {tender}, lot {lot}: {found} people named in people.panel, expected at least {expected} "
                "(SJE/ZY/GK-02 art. 3.2); next: name them in tender.yaml",
                tender=tender.tender,
                lot=lot.id,
                found=people,
                expected=needed,
            )


def _amount(tender: Tender, lot: str) -> Decimal | None:
    return tender.amount(lot) if tender.money.currency == rule_for(tender).currency else None

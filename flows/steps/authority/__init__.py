"""Who may decide on a price: the company's tiers by amount and margin, the floor, and the exception under it.

SJE/ZY/GK-02 art. 3.3. The files in `rules/` are the versions; a tender is judged by the one in force when it was
issued.
"""

from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, ValidationError, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from flows.errors import TenderError
from flows.steps.authority.need import AUTHORITY, EXCEPTION, Need
from flows.steps.price import PriceOffer
from flows.steps.value import Positive, Text, Value

RULES = Path(__file__).parent / "rules"


class BrokenRules(TenderError):
    """A table of decision rights that cannot be used."""


def _finite(number: Decimal) -> Decimal:
    if not number.is_finite():
        raise ValueError("a finite number")
    return number


Share = Annotated[Decimal, AfterValidator(_finite), Field(lt=1)]


class Tier(Value):
    """A price of at most `up_to` with at least `margin_from` needs every one of `signers` beside the group's quorum."""

    up_to: Positive | None = None
    margin_from: Share | None = None
    signers: tuple[Text, ...] = ()

    def fits(self, amount: Decimal, margin: Decimal, *, known: bool) -> bool:
        """Tell whether a price falls into this row; `known` is whether its currency is that of the table."""
        within = self.up_to is None or (known and amount <= self.up_to)
        return within and (self.margin_from is None or margin >= self.margin_from)


class PriceRules(Value):
    """One version of the decision rights over prices; amounts with tax, margins and shares as fractions of 1."""

    version: Text
    effective: date
    currency: Text = "CNY"
    floor_over_cost: Annotated[Share, Field(ge=0)] = Decimal(0)
    proposals: Literal["none", "quorum", "all"] = "none"
    exception: Annotated[tuple[Text, ...], Field(min_length=1)]
    tiers: Annotated[tuple[Tier, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _ends_open(self) -> Self:
        last = self.tiers[-1]
        if last.up_to is not None or last.margin_from is not None:
            raise ValueError("a last tier without limits")
        return self

    def tier(self, offer: PriceOffer) -> Tier:
        """Return the row that an offer falls into."""
        known = offer.currency == self.currency
        return next(tier for tier in self.tiers if tier.fits(offer.gross, offer.margin, known=known))


def needs(rules: PriceRules, offer: PriceOffer) -> tuple[Need, ...]:
    """Return the signatures from above that an offer needs: those of its tier, and one under the floor."""
    tier = tuple(Need(AUTHORITY, (signer,)) for signer in rules.tier(offer).signers)
    return (*tier, Need(EXCEPTION, rules.exception)) if is_under_floor(offer) else tier


def is_under_floor(offer: PriceOffer) -> bool:
    """Tell whether an offer lies under the floor (底价), both with tax."""
    return offer.gross < offer.floor


def proposals_needed(rules: PriceRules, group: int, quorum: int) -> int:
    """Return how many members must have sealed a proposal before one price is offered.

    Args:
        group: how many are in the pricing group.
        quorum: how many must approve the price.
    """
    return {"none": 0, "quorum": quorum, "all": group}[rules.proposals]


def rules_for(issued: date, folder: Path | None = None) -> PriceRules:
    """Return the version in force on a day; the oldest one for a day before it.

    Args:
        issued: when the tender was issued.
        folder: where the company's own versions lie; None for those that come with the product.

    Raises:
        BrokenRules: no version there, or one that cannot be used.
    """
    versions = _versions(folder or RULES)
    return next((rules for rules in reversed(versions) if rules.effective <= issued), versions[0])


@cache
def _versions(folder: Path) -> tuple[PriceRules, ...]:
    found = sorted((_read(path) for path in folder.glob("*.yaml")), key=lambda rules: rules.effective)
    if not found:
        raise BrokenRules("Decision rights: found no *.yaml in {folder}, expected at least one", folder=folder.name)
    return tuple(found)


def _read(path: Path) -> PriceRules:
    try:
        return PriceRules.model_validate(YAML(typ="safe", pure=True).load(path.read_text("utf-8")))
    except (YAMLError, ValidationError, UnicodeDecodeError) as error:
        first = error.errors(include_url=False)[0] if isinstance(error, ValidationError) else None
        raise BrokenRules(
            "Decision rights {file}: {place}: {found}; next: correct the table",
            file=path.name,
            place=".".join(map(str, first["loc"])) if first else "-",
            found=first["msg"] if first else type(error).__name__,
        ) from error

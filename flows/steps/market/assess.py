"""What history says about one lot: chance of winning and expected profit over our price, beside the plain rule."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pandas as pd

from flows.errors import TenderError
from flows.steps.market.cases import lowest_rival
from flows.steps.market.features import WITH_RIVALS, WITHOUT_RIVALS, History, walk
from flows.steps.market.models import fit_plain, fit_win
from flows.steps.market.rivals import QUANTILES, Rivals
from flows.steps.market.whatif import Replayed, replay
from flows.steps.score import ScoreRule
from storage.prices.companies import company_id, name_key

FEW = 60
_DRAWS = 200


class LabError(TenderError):
    """The price lab cannot answer."""


@dataclass(frozen=True)
class Question:
    """The lot asked about: money in one currency; `rivals` None when nobody knows who will bid."""

    company: str
    ceiling: Decimal
    prices: tuple[Decimal, ...]
    cost: Decimal
    category: str = ""
    rivals: tuple[str, ...] | None = None
    rule: ScoreRule | None = None


@dataclass(frozen=True)
class Point:
    """One price: chance by the model (None: too few cases) and by the plain rule, and the expected profit by each."""

    price: Decimal
    model: float | None
    plain: float | None
    profit: Decimal | None
    plain_profit: Decimal | None


@dataclass(frozen=True)
class Answer:
    """What the lab says, with the offers and lots behind it; `lowest` are quantiles of the lowest rival price."""

    points: tuple[Point, ...]
    lowest: dict[str, Decimal]
    replayed: tuple[Replayed, ...]
    offers: int
    lots: int

    @property
    def few(self) -> bool:
        """Whether there are too few cases for a model."""
        return self.offers < FEW


def assess(rows: pd.DataFrame, question: Question) -> Answer:
    """Answer from the lab's rows (`flows.steps.market.cases.cases`).

    Raises:
        LabError: a ceiling or a price of 0 or less.
    """
    if question.ceiling <= 0 or not question.prices or min(question.prices) <= 0:
        raise LabError("price lab: expected a ceiling and prices above 0; next: give --ceiling and --price")
    features, history = walk(rows) if len(rows) else (pd.DataFrame(), History())
    ratios = [float(price / question.ceiling) for price in question.prices]
    lowest = lowest_rival(rows).to_numpy(float) if len(rows) else np.array([])
    asked = _asked(history, question, ratios, rows)
    names = WITHOUT_RIVALS if question.rivals is None else WITH_RIVALS
    model = fit_win(features, rows["won"].to_numpy(float), names) if len(rows) else None
    plain = fit_plain(lowest)
    chances = model.probability(asked) if model else [None] * len(ratios)
    plains = plain.probability(np.array(ratios)) if plain else [None] * len(ratios)
    tomorrow = rows["day"].max() + pd.Timedelta(days=1) if len(rows) else None
    rival_model = Rivals(features, lowest, rows["day"], names).fit(tomorrow) if tomorrow is not None else None
    quantiles = rival_model.quantiles(asked.iloc[:1])[0] if rival_model else []
    return Answer(
        points=tuple(_point(p, c, s, question.cost) for p, c, s in zip(question.prices, chances, plains, strict=True)),
        lowest={f"{q:.0%}": _money(question.ceiling, float(v)) for q, v in zip(QUANTILES, quantiles, strict=False)},
        replayed=tuple(_replayed(rows, question)),
        offers=len(rows),
        lots=int(rows["case"].nunique()) if len(rows) else 0,
    )


def _asked(history: History, question: Question, ratios: Sequence[float], rows: pd.DataFrame) -> pd.DataFrame:
    known = dict(zip(rows["bidder"].map(name_key), rows["company"], strict=True)) if len(rows) else {}

    def company(name: str) -> str:
        """Return the id under which the archive knows a name; a credit code is its own."""
        return known.get(name_key(name)) or company_id(name, name, {})

    rivals = None if question.rivals is None else [company(name) for name in question.rivals]
    today, size = pd.Timestamp.now(), float(np.log(float(question.ceiling)))
    own = company(question.company)
    told = [history.describe(own, ratio, size, question.category, today, rivals) for ratio in ratios]
    return pd.DataFrame(told, columns=list(WITH_RIVALS))


def _point(price: Decimal, model: float | None, plain: float | None, cost: Decimal) -> Point:
    said = None if model is None else float(model)
    simple = None if plain is None else float(plain)
    return Point(price, said, simple, _profit(price, cost, said), _profit(price, cost, simple))


def _profit(price: Decimal, cost: Decimal, chance: float | None) -> Decimal | None:
    return None if chance is None else ((price - cost) * Decimal(str(chance))).quantize(Decimal("0.01"))


def _money(ceiling: Decimal, ratio: float) -> Decimal:
    return (ceiling * Decimal(str(ratio))).quantize(Decimal("0.01"))


def _replayed(rows: pd.DataFrame, question: Question) -> list[Replayed]:
    """Replay the tender's own formula over whole past lots: their rivals' ratios, put on this lot's ceiling."""
    if question.rule is None or not len(rows):
        return []
    lots = [group.tolist() for _name, group in rows.groupby("case")["ratio"] if len(group) > 1]
    if len(lots) < 2:
        return []
    chosen = random.Random(0).choices(lots, k=_DRAWS)
    sets = [[_money(question.ceiling, ratio) for ratio in lot[1:]] for lot in chosen]
    return replay(question.rule, question.prices, sets, [question.rule.drop], question.ceiling)

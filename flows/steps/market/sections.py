"""The price lab as sections of the report: the backtest, its calibration, and the answer about one lot."""

from collections.abc import Sequence
from decimal import Decimal

import pandas as pd

from flows.i18n import _
from flows.steps.market.assess import Answer, Question
from flows.steps.market.backtest import Backtest, run
from flows.steps.market.cases import cases
from flows.steps.market.whatif import Outcome
from storage.prices.exports.charts import Line, lines
from storage.prices.exports.report import Cell, Percent, Section, Table

Rows = list[list[Cell | Percent]]
_LEAST_CASES = 100


def backtest_sections(bids: pd.DataFrame) -> list[Section]:
    """Return the walk-forward backtest over the last 40 % of the archive's days, or why there is none."""
    rows = cases(bids)
    if rows["case"].nunique() < _LEAST_CASES:
        count = rows["case"].nunique()
        return [
            Section(
                _("Price lab"),
                _("too few cases: {count} lots, expected {least}").format(count=count, least=_LEAST_CASES),
            )
        ]
    result = run(rows, rows["day"].iloc[int(len(rows) * 0.6)].to_period("Q").start_time)
    return [_methods(result), _calibration(result)] if result else [Section(_("Price lab"), _("too few cases"))]


def _methods(result: Backtest) -> Section:
    columns = (_("method"), "Brier", _("log loss"), "ECE", "AUC", _("offers"), _("lots"))
    rows: Rows = [
        [_(name), f"{q.brier:.4f}", f"{q.log_loss:.4f}", f"{q.ece:.4f}", f"{q.auc:.3f}", q.cases, q.tenders]
        for name, q in result.methods.items()
    ]
    note = _("Chance of winning, walk-forward since {day}: every quarter told from what lay before it.")
    return Section(_("Price lab: backtest"), note.format(day=result.since.date()), table=Table(columns, rows))


def _calibration(result: Backtest) -> Section:
    points = [(said, seen) for said, seen, _count in result.calibration]
    rows: Rows = [[Percent(said), Percent(seen), count] for said, seen, count in result.calibration]
    chart = lines([Line(_("n known"), points)], _("chance said"), _("share won"), diagonal=True)
    return Section(_("Price lab: calibration"), "", chart, Table((_("chance said"), _("share won"), _("offers")), rows))


def answer_sections(answer: Answer, question: Question) -> list[Section]:
    """Return what the lab says about one lot."""
    source = _("{offers} offers in {lots} lots.").format(offers=answer.offers, lots=answer.lots)
    note = _("too few cases: ") + source if answer.few else source
    columns = (
        _("price"),
        _("of ceiling"),
        _("chance, model"),
        _("chance, plain rule"),
        _("expected profit"),
        _("expected profit, plain rule"),
    )
    rows: Rows = [
        [
            f"{p.price:,}",
            Percent(float(p.price / question.ceiling)),
            _share(p.model),
            _share(p.plain),
            _amount(p.profit),
            _amount(p.plain_profit),
        ]
        for p in answer.points
    ]
    found = [
        Section(_("Chance of winning and expected profit"), note, _chances(answer, question), Table(columns, rows))
    ]
    if answer.lowest:
        quantiles: Rows = [[name, f"{value:,}"] for name, value in answer.lowest.items()]
        found.append(Section(_("Lowest rival price"), source, table=Table((_("quantile"), _("price")), quantiles)))
    if answer.replayed:
        replayed: Rows = [[f"{r.price:,}", str(r.mean_points or "–"), r.first, r.draws] for r in answer.replayed]
        heads = (_("price"), _("mean points"), _("price comes first"), _("replays"))
        found.append(Section(_("The tender's own formula over past lots"), source, table=Table(heads, replayed)))
    return found


def _share(value: float | None) -> Cell | Percent:
    return None if value is None else Percent(value)


def _amount(value: Decimal | None) -> Cell:
    return None if value is None else f"{value:,}"


def _chances(answer: Answer, question: Question) -> str:
    def points(name: str) -> list[tuple[float, float]]:
        told = [(float(p.price / question.ceiling), getattr(p, name)) for p in answer.points]
        return [(x, y) for x, y in told if y is not None]

    entries = [
        Line(_(name), found) for name, found in (("model", points("model")), ("plain rule", points("plain"))) if found
    ]
    return lines(entries, _("price, share of ceiling"), _("chance of winning")) if entries else ""


def whatif_section(outcomes: Sequence[Outcome], note: str = "") -> Section:
    """Return our points over our price, a line per drawn coefficient."""
    columns = (_("price"), _("drawn coefficient"), _("points"), _("price comes first"))
    rows: Rows = [
        [f"{o.price:,}", str(o.drop), str(o.points or "–"), _("yes") if o.first else _("no")] for o in outcomes
    ]
    highest = float(max(o.price for o in outcomes))
    drops = sorted({o.drop for o in outcomes})[:4]
    entries = [
        Line(
            str(d),
            [(float(o.price) / highest, float(o.points)) for o in outcomes if o.drop == d and o.points is not None],
        )
        for d in drops
    ]
    told = [entry for entry in entries if entry.points]
    chart = lines(told, _("price, share of the highest shown"), _("points"), percent=False) if told else ""
    return Section(_("Our score under the tender's formula"), note, chart, Table(columns, rows))

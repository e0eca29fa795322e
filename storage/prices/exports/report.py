"""The report: one HTML file with everything in it, charts, tables that sort, the cases behind every figure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from html import escape
from importlib.resources import files
from string import Template

import duckdb

from storage.prices import figures
from storage.prices.exports import charts
from storage.prices.exports.words import word
from storage.prices.queries import connect
from storage.prices.tables import PriceArchive

Cell = str | int | float | None


@dataclass(frozen=True)
class Percent:
    """A fraction to be shown as percent."""

    value: float
    places: int = 1


@dataclass(frozen=True)
class Table:
    """Columns and rows; rows in `few` are shown pale."""

    columns: tuple[str, ...]
    rows: Sequence[Sequence[Cell | Percent]]
    few: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Section:
    """One heading of the report, in the report's language: a note, a chart (SVG), a table."""

    title: str
    note: str = ""
    chart: str = ""
    table: Table | None = None


def write_report(
    archive: PriceArchive, language: str, more: Sequence[Section] = (), *, at: datetime | None = None
) -> str:
    """Return the report as HTML.

    Args:
        language: `zh` or `en`.
        more: further sections, put before the archive's own.
        at: the time that the report names, aware; now by default.
    """
    with connect(archive) as db:
        sections, totals = [*more, *_sections(db, language)], figures.totals(db)
    shown = "".join(_total(word(n, language), v) for n, v in zip(_TOTALS, totals.values(), strict=True))
    return write_page(word("Price archive", language), sections, language, totals=shown, at=at)


def write_page(
    title: str, sections: Sequence[Section], language: str, *, totals: str = "", at: datetime | None = None
) -> str:
    """Return sections as one HTML page, `totals` as HTML above them."""
    page = Template(files("storage.prices.exports").joinpath("report.html").read_text(encoding="utf-8"))
    return page.substitute(
        language=language,
        title=escape(title),
        as_of=f"{word('As of', language)} {(at or datetime.now(UTC)).strftime('%Y-%m-%d %H:%M %Z')}",
        caution=word("Figures say what was; every figure names its cases.", language),
        sorting=word("Click a column's head to sort.", language),
        totals=totals,
        sections="\n".join(_section(section) for section in sections),
    )


_TOTALS = ("tenders", "bids", "companies", "first opening", "last opening", "our bids", "our wins")


def _total(name: str, value: int | date | None) -> str:
    shown = f"{value:,}" if isinstance(value, int) else "–" if value is None else str(value)
    return f"<div><dt>{escape(name)}</dt><dd>{shown}</dd></div>"


def _sections(db: duckdb.DuckDBPyConnection, language: str) -> list[Section]:
    def say(text: str) -> str:
        return word(text, language)

    shares = [
        ("Win rate by company", "company", figures.win_rates(db, "company")),
        ("Our win rate by customer", "customer", figures.win_rates(db, "customer", own_only=True)),
        ("Win rate by customer", "customer", figures.win_rates(db, "customer")),
        ("Win rate by category", "category", figures.win_rates(db, "category")),
        ("Win rate by price as share of the ceiling", "price / ceiling", figures.win_rate_by_ratio(db)),
    ]
    return [
        *(share_section(say(title), say(first), found, language) for title, first, found in shares if found),
        _discounts(figures.discounts(db), language),
        _duels(figures.duels(db), language),
        _gaps(figures.gaps(db), language),
        _look_here(figures.look_here(db), language),
    ]


def share_section(title: str, first_column: str, shares: Sequence[figures.Share], language: str) -> Section:
    """Return a section about win rates, with their Wilson intervals and cases."""
    few = word("too few cases", language)
    entries = [charts.Bar(s.label, s.value, *s.interval, note=f"{s.wins} / {s.cases}", faint=s.few) for s in shares]
    names = (first_column, *(word(name, language) for name in ("wins", "cases", "win rate", "95 % interval")))
    rows: list[list[Cell | Percent]] = [
        [s.label, s.wins, s.cases, few if s.few else Percent(s.value), _interval(s)] for s in shares
    ]
    pale = frozenset(position for position, share in enumerate(shares) if share.few)
    note = word("Bars: shares; whiskers: 95 % (Wilson); pale: few cases.", language)
    return Section(title, note, charts.bars(entries), Table(names, rows, pale))


def _interval(share: figures.Share) -> str:
    low, high = share.interval
    return f"{low * 100:.0f}–{high * 100:.0f} %"


def _discounts(spreads: Sequence[figures.Spread], language: str) -> Section:
    title = word("Discount from the ceiling per company", language)
    if not spreads:
        return Section(title, word("no cases", language))
    columns = ("company", "cases", "lowest", "quarter", "median", "three quarters", "highest")
    rows: list[list[Cell | Percent]] = [[s.label, s.cases, *(Percent(point) for point in s.points)] for s in spreads]
    pale = frozenset(position for position, spread in enumerate(spreads) if spread.cases < figures.FEW)
    chart = charts.boxes([charts.Box(s.label, s.points, f"n = {s.cases}") for s in spreads])
    note = word("Boxes hold the middle half, the line is the median.", language)
    return Section(title, note, chart, Table(tuple(word(c, language) for c in columns), rows, pale))


def _duels(duels: Sequence[figures.Duel], language: str) -> Section:
    title = word("Head to head", language)
    if not duels:
        return Section(title, word("no cases", language))
    columns = ("company", "rival", "meetings", "was lower", "won", "rival won")
    rows: list[list[Cell | Percent]] = [[d.company, d.rival, d.meetings, d.lower, d.won, d.rival_won] for d in duels]
    pale = frozenset(position for position, duel in enumerate(duels) if duel.meetings < figures.FEW)
    bars = [
        charts.Bar(
            f"{d.company} / {d.rival}",
            d.lower / d.meetings,
            *figures.wilson(d.lower, d.meetings),
            note=f"{d.lower} / {d.meetings}",
            faint=d.meetings < figures.FEW,
        )
        for d in duels[:12]
    ]
    note = word("was lower", language) + " / " + word("meetings", language)
    return Section(title, note, charts.bars(bars), Table(tuple(word(c, language) for c in columns), rows, pale))


def _gaps(gaps: Sequence[float], language: str) -> Section:
    title = word("Gap between lowest and second", language)
    if not gaps:
        return Section(title, word("no cases", language))
    text = "Lots by how far the second lies above the lowest, n = {count}."
    points = [gaps[min(len(gaps) - 1, int(len(gaps) * share))] for share in (0.25, 0.5, 0.75)]
    columns = tuple(word(c, language) for c in ("cases", "quarter", "median", "three quarters"))
    table = Table(columns, [[len(gaps), *(Percent(point) for point in points)]])
    return Section(title, word(text, language).format(count=len(gaps)), charts.histogram(gaps, 0.01, 0.15), table)


def _look_here(lots: Sequence[figures.LookHere], language: str) -> Section:
    title = word("Look here", language)
    if not lots:
        return Section(title, word("no cases", language))
    columns = ("tender", "lot", "bidders", "variation", "relative distance", "identical prices")
    rows: list[list[Cell | Percent]] = [
        [s.tender, s.lot, s.bidders, Percent(s.variation, 2), s.distance, s.identical] for s in lots
    ]
    note = word("Oddly close or identical prices: a reason to look, no verdict.", language)
    return Section(title, note, table=Table(tuple(word(c, language) for c in columns), rows))


def _section(section: Section) -> str:
    note = f'<p class="note">{escape(section.note)}</p>' if section.note else ""
    table = _table(section.table) if section.table else ""
    return f"<section><h2>{escape(section.title)}</h2>{note}{section.chart}{table}</section>"


def _table(table: Table) -> str:
    numeric = [all(not isinstance(row[c], str) for row in table.rows) for c in range(len(table.columns))]
    head = "".join(
        f'<th{_right(number)}><button type="button">{escape(name)}</button></th>'
        for name, number in zip(table.columns, numeric, strict=True)
    )
    body = "".join(
        f"<tr{' class=few' if position in table.few else ''}>{''.join(map(_cell, row, numeric))}</tr>"
        for position, row in enumerate(table.rows)
    )
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _right(number: bool) -> str:
    return " class=n" if number else ""


def _cell(value: Cell | Percent, number: bool) -> str:
    if isinstance(value, Percent):
        return f'<td class=n data-v="{value.value}">{value.value * 100:.{value.places}f} %</td>'
    shown = (
        "–"
        if value is None
        else f"{value:,}"
        if isinstance(value, int)
        else f"{value:.2f}"
        if isinstance(value, float)
        else str(value)
    )
    key = "" if value is None else str(value)
    return f'<td{_right(number)} data-v="{escape(key)}">{escape(shown)}</td>'

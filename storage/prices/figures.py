"""What the archive says in figures: each with the number of cases behind it and how sure it is."""

import math
from dataclasses import dataclass
from typing import Any

import duckdb

FEW = 10
_Z_95 = 1.959963984540054


def wilson(wins: int, cases: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson 1927), 0 to 1 for no case."""
    if not cases:
        return 0.0, 1.0
    share, z2 = wins / cases, _Z_95**2
    centre = (share + z2 / (2 * cases)) / (1 + z2 / cases)
    half = _Z_95 * math.sqrt(share * (1 - share) / cases + z2 / (4 * cases**2)) / (1 + z2 / cases)
    return max(0.0, centre - half), min(1.0, centre + half)


@dataclass(frozen=True)
class Share:
    """Wins among offers, with the 95 % interval."""

    label: str
    wins: int
    cases: int

    @property
    def value(self) -> float:
        return self.wins / self.cases

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(self.wins, self.cases)

    @property
    def few(self) -> bool:
        """Whether there are too few cases to say anything."""
        return self.cases < FEW


@dataclass(frozen=True)
class Spread:
    """How a competitor's discounts lie: lowest, quarters, median, highest, as fractions of the ceiling."""

    label: str
    points: tuple[float, float, float, float, float]
    cases: int


@dataclass(frozen=True)
class Duel:
    """How two companies did against each other in the lots that both bid for."""

    company: str
    rival: str
    meetings: int
    lower: int
    won: int
    rival_won: int


_WHO = {"company": "company", "customer": "buyer", "category": "category"}
_BAND = "least(1.2, greatest(0.5, floor(tender_price / ceiling * 50) / 50))"


def win_rates(db: duckdb.DuckDBPyConnection, by: str, *, own_only: bool = False, most: int = 20) -> list[Share]:
    """Return win rates `by` company, customer or category, the most frequent first."""
    label = "any_value(bidder)" if by == "company" else _WHO[by]
    own = "AND own" if own_only else ""
    rows = _rows(
        db,
        f"""SELECT {label}, count(*) FILTER (won), count(*) FROM bids WHERE round = 1 AND {_WHO[by]} <> '' {own}
            GROUP BY {_WHO[by]} ORDER BY 3 DESC, 1 LIMIT {most}""",
    )
    return [Share(*row) for row in rows]


def win_rate_by_ratio(db: duckdb.DuckDBPyConnection) -> list[Share]:
    """Return win rates by price as share of the ceiling, in steps of 2 %; the outer steps take the rest."""
    rows = _rows(
        db,
        f"""SELECT {_BAND} AS band, count(*) FILTER (won), count(*) FROM bids
            WHERE round = 1 AND tender_price IS NOT NULL AND ceiling > 0 GROUP BY 1 ORDER BY 1""",
    )
    return [Share(f"{band * 100:.0f}–{band * 100 + 2:.0f} %", wins, cases) for band, wins, cases in rows]


def discounts(db: duckdb.DuckDBPyConnection, most: int = 20) -> list[Spread]:
    """Return the discounts of the companies that bid most often."""
    rows = _rows(
        db,
        f"""SELECT bidder, lowest, quarter, median, three_quarters, highest, bids FROM discount_by_company
            ORDER BY bids DESC, bidder LIMIT {most}""",
    )
    return [Spread(row[0], tuple(map(float, row[1:6])), row[6]) for row in rows]  # type: ignore[arg-type]


def duels(db: duckdb.DuckDBPyConnection, most: int = 40) -> list[Duel]:
    """Return the pairs of companies that met most often, each pair once; pairs with us first."""
    rows = _rows(
        db,
        f"""WITH names AS (SELECT company, any_value(bidder) AS bidder, bool_or(own) AS own FROM bids GROUP BY company)
            SELECT a.bidder, b.bidder, meetings, lower, won, rival_won
            FROM head_to_head h JOIN names a ON a.company = h.company JOIN names b ON b.company = h.rival
            WHERE (a.own AND NOT b.own) OR (a.own = b.own AND h.company < h.rival)
            ORDER BY a.own DESC, meetings DESC, 1, 2 LIMIT {most}""",
    )
    return [Duel(*row) for row in rows]


def gaps(db: duckdb.DuckDBPyConnection) -> list[float]:
    """Return, for every lot with two valid bids, how far the second lies above the lowest, as fraction of it."""
    return [float(row[0]) for row in _rows(db, "SELECT gap FROM gap_to_second WHERE gap IS NOT NULL ORDER BY gap")]


def totals(db: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Return how much the archive holds: tenders, bids, companies, first and last day, own bids and wins."""
    row = _rows(
        db,
        """SELECT count(DISTINCT tender), count(*), count(DISTINCT company), min(opened_on), max(opened_on),
                  count(*) FILTER (own AND round = 1), count(*) FILTER (own AND won) FROM bids""",
    )[0]
    return dict(zip(("tenders", "bids", "companies", "first", "last", "own_bids", "own_wins"), row, strict=True))


@dataclass(frozen=True)
class LookHere:
    """A lot whose prices lie oddly close together; a reason to look, never a verdict."""

    tender: str
    lot: str
    bidders: int
    variation: float
    distance: float | None
    identical: int


def look_here(db: duckdb.DuckDBPyConnection, most: int = 30) -> list[LookHere]:
    """Return lots with a coefficient of variation under 2 %, a relative distance above 3, or identical prices.

    Relative distance: gap between lowest and second over the standard deviation of the losing bids (Imhof 2018).
    """
    rows = _rows(
        db,
        f"""WITH lots AS (
              SELECT tender, lot, count(*) AS bidders, stddev_samp(tender_price) / avg(tender_price) AS variation,
                     (min(above_lowest) FILTER (price_rank = 2))
                       / nullif(stddev_samp(tender_price) FILTER (price_rank > 1), 0) AS distance,
                     count(*) - count(DISTINCT tender_price) AS identical
              FROM ranked_bids WHERE round = 1 GROUP BY tender, lot)
            SELECT * FROM lots WHERE bidders >= 3 AND (variation < 0.02 OR distance > 3 OR identical > 0)
            ORDER BY identical DESC, variation, tender, lot LIMIT {most}""",
    )
    return [LookHere(*row) for row in rows]


def _rows(db: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    return db.execute(query).fetchall()

"""Prices in a notebook (Jupyter, marimo) or a plain script: one call per table, SQL, a chart's numbers.

Run it as `python examples/analyst.py FOLDER` on a local archive; on a server, `flows.wiring.price_archive("analyst")`
gives the same object with the analyst's own key, which only reads.
"""

import sys
from pathlib import Path

from storage.prices import PriceArchive

# %% The archive, and one table as a DataFrame; prices are Decimals.
archive = PriceArchive.local(Path(sys.argv[1] if len(sys.argv) > 1 else "prices"))
bids = archive.bids()
print(bids[["tender", "bidder", "price", "currency", "discount", "won"]].head())

# %% SQL over the tables and the ready views.
print(archive.sql("SELECT * FROM win_rates ORDER BY bids DESC LIMIT 10").to_pandas())

# %% How far the second lies above the lowest, by year.
query = "SELECT year(opened_on) AS year, count(*) AS lots, median(gap) AS gap FROM gap_to_second GROUP BY 1 ORDER BY 1"
print(archive.sql(query).to_pandas())

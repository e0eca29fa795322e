"""Past offers as the price lab sees them: a row per case (tender and lot) and company, prices as share of ceiling.

Here money becomes a ratio, a float: probabilities are estimates, and no amount of the archive is computed from them.
"""

import numpy as np
import pandas as pd

COLUMNS = ["case", "company", "bidder", "buyer", "category", "day"]
COLUMNS += ["ratio", "price", "ceiling", "log_ceiling", "n", "won", "own"]


def cases(bids: pd.DataFrame) -> pd.DataFrame:
    """Return the lab's rows of the archive's bids, sorted by day and case.

    First-round offers with a price and a ceiling, each company once per case; rejected offers count as not won, because
    whoever weighs a price cannot know who will be rejected.
    """
    usable = bids[(bids["round"] == 1) & bids["tender_price"].notna() & bids["ceiling"].notna()].copy()
    usable["case"] = usable["tender"] + "/" + usable["lot"]
    usable = usable.drop_duplicates(["case", "company"])
    usable["day"] = pd.to_datetime(usable["opened_on"])
    usable["price"] = usable["tender_price"].astype(float)
    usable["ceiling"] = usable["ceiling"].astype(float)
    usable["ratio"] = usable["price"] / usable["ceiling"]
    usable["log_ceiling"] = np.log(usable["ceiling"])
    usable["n"] = usable.groupby("case")["company"].transform("size")
    usable["won"] = usable["won"].astype(int)
    ordered = usable.sort_values(["day", "case", "company"]).reset_index(drop=True)
    return ordered[COLUMNS]


def lowest_rival(rows: pd.DataFrame) -> pd.Series:
    """Return, for each row, the lowest ratio among the other companies of its case; NaN where it was alone."""
    ordered = rows.sort_values(["case", "ratio"], kind="stable")
    of_case = ordered.groupby("case")["ratio"]
    is_first = ~ordered.duplicated("case")
    # In a case sorted by ratio the first row's lowest rival is the row after it, everyone else's is the first row.
    following = of_case.shift(-1)
    return following.where(is_first, of_case.transform("first")).reindex(rows.index)

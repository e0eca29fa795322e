"""A tender whose price is being made: decision rights in force, clauses settled, costs delivered."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from flows import deciding, intake
from flows.case import Case
from flows.deciding import Wish
from flows.price_keys import make_price_keys
from flows.steps import procedure
from tests.flows.conftest import Installation

RULES = """
version: "test"
effective: 2020-01-01
currency: CNY
floor_over_cost: "0"
proposals: {proposals}
exception: [leader]
tiers:
  - {{up_to: "{up_to}", signers: []}}
  - {{signers: [leader]}}
"""


@pytest.fixture(name="rules")
def rules_in_force(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Put decision rights in force: up to which amount the group decides alone, whether proposals are sealed."""

    def put(up_to: str = "9000000", proposals: str = "none") -> None:
        (tmp_path / "rules").mkdir()
        (tmp_path / "rules" / "v.yaml").write_text(RULES.format(up_to=up_to, proposals=proposals))
        monkeypatch.setenv("TENDERFLOW_PRICE_RULES", str(tmp_path / "rules"))

    return put


class Desk:
    """The example tender with its clauses settled and its costs delivered, seen by anyone."""

    def __init__(self, installation: Installation, tender: str, folder: Path) -> None:
        self._installation = installation
        self.tender = tender
        self.sheet = folder / "cost.xlsx"

    def as_(self, person: str = "", *, worker: str = "") -> Case:
        return self._installation.case(self.tender, person=person, worker=worker)

    def propose(self, sheet: Path | None = None, person: str = "sun.li") -> None:
        intake.propose(self.as_(person), "1", sheet or self.sheet)

    def vote(self, person: str, verdict: str = "", reason: str = "") -> None:
        deciding.sign(self.as_(person), Wish("price", "1", verdict, reason))

    def judged(self) -> procedure.Verdict:
        return self.as_(worker="pricing").judge("price", "1")


@pytest.fixture(name="desk")
def price_desk(installation, example) -> Callable[[], Desk]:
    """Return a function that opens the tender after the rules are in force."""

    def prepare(settled: bool = True, cost: bool = True, rounds: int = 1) -> Desk:
        tender, folder = example
        if rounds > 1:
            people = tender.people.model_copy(update={"representative": "zhao.min"})
            lots = tuple(lot.model_copy(update={"rounds": rounds}) for lot in tender.lots)
            tender = tender.model_copy(update={"people": people, "lots": lots})
        intake.open_tender(installation.case(tender.tender, person="zhao.min", new=True), tender, folder)
        made = Desk(installation, tender.tender, folder)
        make_price_keys(made.as_(worker="pricing"), "-")
        intake.deliver(made.as_("li.na"), tender, folder)
        if settled:
            deciding.sign(made.as_("zhao.min"), Wish("clauses", "1"))
        if cost:
            intake.deliver_cost(made.as_("li.na"), "1", made.sheet)
        return made

    return prepare


def cheaper(desk: Desk, folder: Path, factor: str = "0.5") -> Path:
    """Return the workbook with every unit price times a factor."""
    book = openpyxl.load_workbook(desk.sheet)
    for row in book["offer"].iter_rows(min_row=2):
        if isinstance(row[1].value, int | float):
            row[1].value = float(Decimal(str(row[1].value)) * Decimal(factor))
    book.save(folder / "other.xlsx")
    return folder / "other.xlsx"

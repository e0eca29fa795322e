"""A tender whose price is being made: decision rights, everyone's desk; a module's tests carry it on in their order."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from flows import wiring
from flows.acts import deciding, intake
from flows.acts.deciding import Wish
from flows.acts.price_keys import make_price_keys
from flows.case import Case
from flows.steps import procedure
from flows.steps.read_tender import read
from tests.flows.conftest import EXAMPLE, Installation

RULES = """
version: "test"
effective: 2020-01-01
proposals: {proposals}
exception: [leader]
tiers:
  - {{up_to: "{up_to}", signers: []}}
  - {{signers: [leader]}}
"""


class Desk:
    """The example tender, seen by anyone."""

    def __init__(self, installation: Installation, tender: str) -> None:
        self._installation = installation
        self.tender = tender
        self.sheet = EXAMPLE / "cost.xlsx"

    def as_(self, person: str = "", *, worker: str = "") -> Case:
        return self._installation.case(self.tender, person=person, worker=worker)

    def settle(self) -> None:
        deciding.sign(self.as_("zhao.min"), Wish("clauses", "1"))

    def cost(self, sheet: Path | None = None) -> None:
        intake.deliver_cost(self.as_("li.na"), "1", sheet or self.sheet)

    def propose(self, sheet: Path | None = None, person: str = "sun.li") -> None:
        intake.propose(self.as_(person), "1", sheet or self.sheet)

    def vote(self, person: str, verdict: str = "", reason: str = "") -> None:
        deciding.sign(self.as_(person), Wish("price", "1", verdict, reason))

    def judged(self) -> procedure.Verdict:
        return self.as_(worker="pricing").judge("price", "1")


@contextmanager
def opened_desk(
    installed: dict[str, str], tender_id: str, *, rules: Path | None = None, rounds: int = 1, copies: int | None = None
) -> Iterator[Desk]:
    """Open the example under an id, with its keys made and its inputs delivered.

    Args:
        rules: folder of the decision rights; None for those that come with the product.
        rounds: of price.
        copies: duplicates that the buyer asks for, with a stick.
    """
    with pytest.MonkeyPatch.context() as patch:
        for name, value in installed.items():
            patch.setenv(name, value)
        patch.delenv("TENDERFLOW_PRICE_RULES", raising=False)
        if rules is not None:
            patch.setenv("TENDERFLOW_PRICE_RULES", str(rules))
        tender = read(EXAMPLE)
        people = tender.people.model_copy(update={"representative": "zhao.min" if rounds > 1 else None})
        lots = tuple(lot.model_copy(update={"rounds": rounds}) for lot in tender.lots)
        limits = tender.limits.model_copy(update={"copies": copies, "usb": 1 if copies else 0})
        tender = tender.model_copy(update={"tender": tender_id, "people": people, "lots": lots, "limits": limits})
        installation = Installation(wiring.settings())
        intake.open_tender(installation.case(tender_id, person="zhao.min", new=True), tender, EXAMPLE)
        desk = Desk(installation, tender_id)
        make_price_keys(desk.as_(worker="pricing"), "-")
        intake.deliver(desk.as_("li.na"), tender, EXAMPLE)
        yield desk


def rules_folder(folder: Path, *, up_to: str = "9000000", proposals: str = "none") -> Path:
    """Write decision rights: up to which amount the group decides alone, whether proposals are sealed."""
    folder.mkdir()
    (folder / "v.yaml").write_text(RULES.format(up_to=up_to, proposals=proposals))
    return folder


def cheaper(desk: Desk, folder: Path, factor: str = "0.5") -> Path:
    """Return the workbook with every unit price times a factor."""
    book = openpyxl.load_workbook(desk.sheet)
    for row in book["offer"].iter_rows(min_row=2):
        if isinstance(row[1].value, int | float):
            row[1].value = float(Decimal(str(row[1].value)) * Decimal(factor))
    book.save(folder / "other.xlsx")
    return folder / "other.xlsx"


def other_costs(desk: Desk, folder: Path) -> Path:
    """Return the workbook with another amount of one cost line."""
    book = openpyxl.load_workbook(desk.sheet)
    book["cost"]["C2"] = 388001
    book.save(folder / "costs.xlsx")
    return folder / "costs.xlsx"

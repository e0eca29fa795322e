"""Everything about a tender folder that can be wrong before it is opened: record, clauses, cost sheets, input files."""

from pathlib import Path

from flows.steps import read_tender
from flows.steps.cost import read_cost
from flows.steps.library.reference import Shelf
from flows.steps.mistake import InvalidTender, Mistake
from flows.steps.price import PriceRefused, make_offer, over_ceiling
from flows.steps.read_technical_inputs import RefusedFile, read_input
from flows.steps.screening import PanelTooSmall, require_panel
from flows.steps.tender import Tender


def validate_folder(folder: Path, shelf: Shelf | None = None) -> Tender:
    """Return the tender of a folder in which nothing is wrong.

    Args:
        shelf: as `read_tender.read` takes it.

    Raises:
        InvalidTender: with every mistake of the record, the cost sheets and the files named.
    """
    tender = read_tender.read(folder, shelf)
    mistakes = _panel(tender) + _costs(tender, folder) + _files(tender, folder)
    if mistakes:
        raise InvalidTender(mistakes)
    return tender


def _panel(tender: Tender) -> list[Mistake]:
    try:
        require_panel(tender)
    except PanelTooSmall as small:
        found = f"{small.values['found']} people, lot {small.values['lot']} needs {small.values['expected']}"
        return [Mistake("tender.yaml", "people.panel", found, "people for the screening (SJE/ZY/GK-02 art. 3.2)")]
    return []


def _costs(tender: Tender, folder: Path) -> list[Mistake]:
    mistakes: list[Mistake] = []
    for key, name in tender.cost.items():
        lot = tender.lot(key.removeprefix("lot-"))
        try:
            over = over_ceiling(lot, make_offer(lot, tender.money, read_cost(folder / name, lot)))
        except InvalidTender as error:
            mistakes += [Mistake(name, m.place, m.found, m.expected) for m in error.mistakes]
        except PriceRefused as refused:
            mistakes.append(
                Mistake(name, "offer", f"item {refused.values['item']}", "a price in the tender's rounding")
            )
        else:
            mistakes += [Mistake(name, "offer", f"{what} over the ceiling", "at most the ceiling") for what in over]
    return mistakes


def _files(tender: Tender, folder: Path) -> list[Mistake]:
    named = [entry.file for entry in tender.inputs if not entry.library]
    for group in (tender.qualifications, tender.track_record, tender.authorisations):
        named += [entry.file for entry in group if entry.file and not entry.library]
    mistakes = []
    for file in dict.fromkeys(named):
        try:
            read_input(folder, file)
        except RefusedFile as refused:
            mistakes.append(Mistake(file, "file", str(refused), "a readable input"))
    return mistakes

"""The company library of a department (SJE/ZY/GK-02 art. 2): a ledger of its own, with sealed proof files beside it.

What an item says stands in the ledger, sealed and signed like every event; its proof file is an object of the
compartment `library`. Nothing is deleted: an item has versions, and the last one may say that it is retired.
"""

from dataclasses import dataclass

from flows import wiring
from flows.case import Case
from flows.errors import TenderError
from flows.steps.library.history import History, newest, replay
from flows.steps.library.item import Item
from flows.steps.read_technical_inputs import InputFile
from storage.keyring import NotForYou
from storage.policy import LIBRARY

COMPARTMENT = "library"
ITEMS = "library.items"


class UnknownLibrary(TenderError):
    """The department has no library yet."""


class ClosedLibrary(TenderError):
    """A library that the person may not read."""


class UnknownItem(TenderError):
    """An id that the library does not hold, or an item without a file."""


@dataclass
class Library:
    """A department's library opened for one person."""

    case: Case
    department: str

    def exists(self) -> bool:
        """Tell whether the library has been made."""
        return wiring.exists(self.case.store, self.case.tender)

    def history(self) -> History:
        """Return every version of every item, oldest first, by id."""
        events = self.case.ledger.events(refresh=False)
        return replay(entry for event in events if event.type == ITEMS for entry in event.body["items"])

    def items(self) -> dict[str, Item]:
        """Return the newest version of every item by id, retired ones too."""
        return newest(self.history())

    def item(self, item_id: str) -> Item:
        """Return the newest version of an item.

        Raises:
            UnknownItem: there is none.
        """
        found = self.items().get(item_id)
        if found is None:
            raise UnknownItem(
                "Library of {department}: no item {item} found, expected one of its items; next: tender library list",
                department=self.department,
                item=item_id,
            )
        return found

    def proof(self, item: Item, purpose: str) -> InputFile:
        """Open the proof file of an item; the read is logged.

        Raises:
            UnknownItem: it has none.
        """
        if item.proof is None:
            raise UnknownItem(
                "Library item {item}: no file found, expected one; next: tender library review {item} --file",
                item=item.id,
            )
        vault, proof = self.case.vault, item.proof
        versions = vault.versions(proof_name(item.id, proof.name))
        # After a change of the compartment's key the newest of the same content is what still opens.
        manifest = [m for m in versions if vault.origin(m.digest) == proof.manifest][-1]
        return InputFile(proof.name, vault.open(manifest, purpose=purpose), proof.media_type, proof.sha256)

    def content(self, item: Item) -> InputFile:
        """Return what a person takes from an item: its file, or else the words of its text as a text file.

        Raises:
            UnknownItem: it has neither.
        """
        if item.proof is None and item.text:
            return InputFile(f"{item.id}.txt", item.text.encode(), "text/plain", "")
        return self.proof(item, "read by a person")


def proof_name(item_id: str, file: str) -> str:
    """Return the object name of a proof file."""
    return f"item/{item_id}/{file}"


def open_library(person: str, department: str = "", *, new: bool = False) -> Library:
    """Open a library for a person.

    Args:
        department: whose library; the person's own where none is said.
        new: it need not exist yet; the first item makes it.

    Raises:
        UnknownLibrary: the department has none.
        ClosedLibrary: the person may not read it.
    """
    department = department or wiring.department_of(person)
    try:
        case = wiring.open_case(f"{LIBRARY}{department}", person=person, new=new)
    except wiring.UnknownTender:
        raise UnknownLibrary(
            "Library of {department}: found none, expected one; next: tender library add or import makes it",
            department=department,
        ) from None
    try:
        case.ledger.events()
    except NotForYou:
        raise ClosedLibrary(
            "Library of {department}: closed to {person}, expected one of its readers; "
            "next: one of its people runs tender library share {person}",
            department=department,
            person=person,
        ) from None
    return Library(case, department)

"""Reminds the owners of library items: what is overdue for review and what expires, once each (SJE/ZY/GK-02 art. 2)."""

from dataclasses import dataclass
from datetime import date, datetime

from flows import mail
from flows.acts.library import Library
from flows.i18n import chinese
from flows.overdue import EVENT
from flows.settings import Settings
from flows.steps.library.validity import expiring, unreviewed
from flows.wiring import Seat
from storage.ledger import BUCKET
from storage.policy import LIBRARY

EXPIRY_DAYS = 90
"""How many days before its last day the owner hears that an item expires."""
_TEXT = "Library of {department}, item {item}: {what}, {due}. Owner: {owner}."


@dataclass(frozen=True)
class ItemDue:
    """An item that asks for its owner: ids and dates alone. `what` is `review overdue` or `expires`."""

    department: str
    item: str
    what: str
    owner: str
    due: date

    @property
    def key(self) -> str:
        """Return the business key: another date is told anew."""
        return f"{self.what}/{self.item}/{self.due.isoformat()}"


def libraries(seat: Seat) -> list[Library]:
    """Return every library, unread."""
    names = sorted(name for name in seat.store.folders(BUCKET) if name.startswith(LIBRARY))
    return [Library(seat.case(name), name.removeprefix(LIBRARY)) for name in names]


def due(library: Library, now: datetime) -> list[ItemDue]:
    """Return what is overdue for review or expires soon, of items in use."""
    items = list(library.items().values())
    asked = [("review overdue", item, item.review_due) for _left, item in unreviewed(items, now)]
    asked += [("expires", item, item.valid_to) for _left, item in expiring(items, now, EXPIRY_DAYS) if item.valid_to]
    return [ItemDue(library.department, item.id, what, item.owner, day) for what, item, day in asked]


def untold(library: Library, now: datetime) -> list[ItemDue]:
    """Return what is due and was not told yet."""
    return [each for each in due(library, now) if not library.case.ledger.find(key=each.key)]


def mail_owners(library: Library, found: list[ItemDue], settings: Settings) -> int:
    """Mail each owner one letter with all that is due; return how many letters went out.

    Raises:
        MailFailed: the server did not take one; all are tried again at the next look.
    """
    sent = 0
    for owner in sorted({each.owner for each in found}):
        addresses = mail.addresses(library.case.people, [owner])
        if not mail.is_set(settings) or not addresses:
            continue
        mine = [each for each in found if each.owner == owner]
        lines = [say(_TEXT).format(**{**vars(each), "what": say(each.what)}) for each in mine for say in (chinese, str)]
        mail.send(settings, addresses, f"[Tenderflow] {library.department}: {len(mine)}", "\n\n".join(lines))
        sent += 1
    return sent


def record(library: Library, told: ItemDue) -> None:
    """Put on record that an owner was told; a second time changes nothing."""
    body = {"about": told.item, "owner": told.owner, "due": told.due.isoformat(), "level": told.what}
    library.case.ledger.append(EVENT, body, key=told.key)

"""Which ledgers have news for a run that waits, without opening one: by numbers of records and their marks."""

from collections.abc import Mapping

from storage.event import NO_NEWS_MARK
from storage.ledger import BUCKET, record_key
from storage.objects import ObjectMissing, ObjectStore


class MovedLedgers:
    """Ledgers as the sweeper sees them; a record that is no news is looked at once.

    Args:
        store: shows whether a record of the ledger bucket is there, and its mark; none is opened.
    """

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self._looked_at: dict[str, int] = {}
        """How many records of a ledger were seen by its run or are no news."""

    def reach(self) -> None:
        """Ask the store for anything.

        Raises:
            StoreUnreachable: it does not answer.
        """
        next(iter(self._store.folders(BUCKET)), None)

    def moved(self, waiting: Mapping[str, int]) -> set[str]:
        """Return the ledgers that hold an event which their run has not seen, other than those that are no news.

        Args:
            waiting: how many records the run had seen when it was suspended, by name; a name without a ledger never
                moves.
        """
        self._looked_at = {name: max(seen, self._looked_at.get(name, 0)) for name, seen in waiting.items()}
        following = {record_key(name, number): name for name, number in self._looked_at.items()}
        longer = [following[key] for key in self._store.existing(BUCKET, following)]
        return {name for name in longer if self._has_news(name)}

    def _has_news(self, name: str) -> bool:
        while (shown := self._shown(record_key(name, self._looked_at[name]))) is not None:
            if not shown.items() >= NO_NEWS_MARK.items():
                return True
            self._looked_at[name] += 1
        return False

    def _shown(self, key: str) -> Mapping[str, str] | None:
        try:
            return self._store.metadata(BUCKET, key)
        except ObjectMissing:
            return None

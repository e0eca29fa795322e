"""The decisions of one ledger that count: signature, person, role, a deputy's limit, witnesses of paper."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal

from flows.steps import assurance
from flows.steps.assurance import Seen
from flows.steps.procedure import Signed
from storage.decision import Decision, DecisionRefused, verify_decision
from storage.event import Event
from storage.ledger import Ledger
from storage.people import People
from storage.vault import Vault


@dataclass
class Decided:
    """What was decided in a ledger; each event is verified once.

    Args:
        amount: what a limited deputy's limit is held against, by lot and number of the event that was signed: what was
            in force then; None when nobody knows.
    """

    ledger: Ledger
    vault: Vault
    people: People
    amount: Callable[[str, int], Decimal | None]
    _verified: dict[str, Signed | Seen | None] = field(default_factory=dict)

    def signed(self) -> list[tuple[int, Signed]]:
        """Return the number of the event and the decision, in order; what does not hold is left out."""
        events = self.ledger.find(type="decision.signed")
        return assurance.count([(event.seq, found) for event in events if (found := self._look_up(event))])

    def _look_up(self, event: Event) -> Signed | Seen | None:
        if event.digest not in self._verified:
            self._verified[event.digest] = self._verify(event)
        return self._verified[event.digest]

    def _verify(self, event: Event) -> Signed | Seen | None:
        try:
            decision = verify_decision(event.body["statement"], event.body["signature"], self.people, at=event.at)
        except DecisionRefused:
            return None
        fits = decision.tender == self.ledger.tender and f"person:{decision.person}" == event.by
        if not fits or not self._within_limit(decision, event.seq):
            return None
        return self._as_signed(decision, decision.subjects) if decision.witness is None else self._as_seen(decision)

    def _within_limit(self, decision: Decision, seq: int) -> bool:
        if decision.on_behalf_of is None:
            return True
        amount = self.amount(decision.lot, seq)
        rights = self.people.authorities(decision.person, decision.role, None, decision.at, amount)
        return any(row.id == decision.on_behalf_of for row in rights)

    def _as_seen(self, decision: Decision) -> Seen | None:
        scans = [digest for digest, name in decision.subjects.items() if name.startswith(assurance.SCAN)]
        if len(scans) != 1 or decision.witness is None:
            return None
        said = decision.witness
        on_paper = replace(decision, kind=said["decision"], person=said["person"], role=said["role"])
        papers = [digest for digest in decision.subjects if digest not in scans]
        return Seen(self._as_signed(on_paper, papers), decision.person, self.vault.origin(scans[0]))

    def _as_signed(self, decision: Decision, subjects: Iterable[str]) -> Signed:
        return Signed(
            decision.kind,
            decision.lot,
            decision.verdict,
            decision.person,
            decision.role,
            frozenset(self.vault.origin(subject) for subject in subjects),
            decision.at,
            decision.reason,
            decision.on_behalf_of,
        )

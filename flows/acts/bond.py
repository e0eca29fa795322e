"""The bid bonds of a tender, lot by lot, as its ledger tells them; a person records each act on one."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flows.acts.named import require_lot, require_named
from flows.acts.sealing import seal
from flows.case import Case
from flows.steps import bond
from flows.steps.bond import BondAct, BondStanding
from flows.steps.read_technical_inputs import read_input
from flows.working_days import working_days
from storage.event import Event

RECORDED = "bond.recorded"


@dataclass(frozen=True)
class Bonded:
    """The bond of a lot: how it stands, and every act on it."""

    standing: BondStanding
    acts: tuple[BondAct, ...]

    @property
    def state(self) -> str:
        """Return the last act, `asked` or `none`."""
        return self.standing.state


def bonds(case: Case) -> dict[str, Bonded]:
    """Return the bond of every lot."""
    record = case.record
    today = datetime.now(record.deadline.tzinfo).date()
    found = {}
    for lot in case.lot_ids:
        acts = tuple(bond.of(event.body) for event in case.ledger.find(type=RECORDED, lot=lot))
        stands = bond.standing(
            lot,
            record.bond_of(lot),
            acts,
            deadline=record.deadline,
            validity_days=record.validity_days,
            estimate=record.limits.estimate,
            today=today,
            calendar=working_days(record.timezone),
            total=record.bond_total,
        )
        found[lot] = Bonded(stands, acts)
    return found


def record_act(case: Case, lot: str, new: BondAct, proof: Path | None) -> Event:
    """Record an act on the bond of a lot; its proof (receipt, guarantee) is sealed into the commercial compartment.

    Raises:
        NotNamed: the person is not the handler of this tender.
        BondRefused: out of order, an unknown form, a day to come, or incomplete.
        RefusedFile: the proof is broken, hostile, encrypted or too large.
    """
    require_named(case, "handler")
    require_lot(case, lot)
    acts = bonds(case)[lot].acts
    bond.require_act(acts, new, datetime.now(case.record.deadline.tzinfo).date())
    body = {**new.to_json(), "proof": _sealed(case, lot, proof)}
    return case.ledger.append(RECORDED, body, key=f"bond/{lot}/{len(acts)}/{new.act}", lot=lot)


def _sealed(case: Case, lot: str, proof: Path | None) -> str:
    if proof is None:
        return ""
    file = read_input(proof.parent, proof.name)
    name = f"commercial/{lot}/bond/{file.name}"
    seal(case, "commercial", name, file.data, file.media_type)
    return case.manifested(case.manifests(name)[name]).digest

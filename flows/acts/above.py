"""Who may have to sign a price from above: whom the company's decision rights name beside the pricing group."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from flows.steps.authority import PriceRules
from storage.people import People, holder_name


def superiors(people: People, named: Mapping[str, Sequence[str]], rules: PriceRules, now: datetime) -> set[str]:
    """Return the holder names of everyone who may have to sign some price of a tender from above.

    Args:
        named: role → ids, as the tender names people.
        rules: the decision rights in force when it was issued.
    """
    signers = {*rules.exception, *(signer for tier in rules.tiers for signer in tier.signers)}
    return signing_as(people, named, signers, now)


def signing_as(people: People, named: Mapping[str, Sequence[str]], signers: Iterable[str], now: datetime) -> set[str]:
    """Return who may sign as one of some roles or ids: whom the tender names, else whoever has it in the register."""
    found = set()
    for signer in signers:
        ids = named.get(signer) or [row.id for row in people.with_role(signer, now)]
        ids = ids or ([signer] if people.find(signer, now) else [])
        found |= {holder_name(person) for person in ids}
    return found

"""Who stands in for people who are named: without a place in a keyring a deputy cannot read what there is to sign."""

from collections.abc import Collection, Iterable
from datetime import datetime

from storage.people import People, holder_name


def deputies_of(people: People, named: Iterable[str], roles: Collection[str], now: datetime) -> set[str]:
    """Return the holder names of the deputies of some people, in one of the roles, whose appointment is not over.

    A deputy who was let into a keyring stays there until someone takes them out (`tender keys rotate --without`):
    what they have read they know.

    Args:
        named: ids or holder names.
    """
    holders = {holder_name(person) for person in named}
    return {
        holder_name(each.person)
        for row in people.persons
        if row.holder in holders and row.valid_at(now)
        for each in row.deputies
        if each.valid_to > now and set(roles) & set(each.roles) and people.find(each.person, now)
    }

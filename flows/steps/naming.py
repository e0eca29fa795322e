"""Who is named for which role of a tender, after someone was replaced."""

from collections.abc import Mapping, Sequence

from flows.errors import TenderError
from flows.steps.tender import Tender

ONE = ("handler", "leader", "reviewer", "submitter", "clerk")
SEVERAL = ("technical", "pricing")


class NamingWrong(TenderError):
    """A role that nobody can be named for, or a person who cannot be named or replaced in it."""


def renamed(people: Mapping[str, Sequence[str]], role: str, person: str, instead_of: str) -> dict[str, list[str]]:
    """Return the people by role with another person in one role.

    Args:
        people: role → ids.
        instead_of: who goes; needed by no role of one person, where it must be the one if it is given.

    Raises:
        NamingWrong: unknown role, the person has it already, or ``instead_of`` does not.
    """
    if role not in ONE + SEVERAL:
        raise NamingWrong(
            "role {role}: found no such role, expected one of {roles}; next: tender people name --help",
            role=role,
            roles=", ".join(ONE + SEVERAL),
        )
    before = list(people.get(role, ()))
    if person in before or (instead_of and instead_of not in before):
        raise NamingWrong(
            "role {role}: named are {named}, so {person} cannot come instead of {gone}; next: look at the ids",
            role=role,
            named=", ".join(before),
            person=person,
            gone=instead_of or "-",
        )
    stay = [] if role in ONE else [each for each in before if each != instead_of]
    return {**{name: list(ids) for name, ids in people.items()}, role: [*stay, person]}


def with_people(tender: Tender, people: Mapping[str, Sequence[str]]) -> Tender:
    """Return the record with the people of the roles that can be named anew."""
    one = {role: people[role][0] for role in ONE if people.get(role)}
    several = {role: tuple(people[role]) for role in SEVERAL if role in people}
    return tender.model_copy(update={"people": tender.people.model_copy(update={**one, **several})})

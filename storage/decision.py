"""Decisions: in-toto statements signed with a person's own key, and the rules that count them."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from storage import sshsig
from storage.canonical import canonical, parse, read_time, stamp
from storage.errors import StorageError
from storage.identity import Holder
from storage.people import People

NAMESPACE = "tender-decision@v1"
WITNESS = "witness"
"""The kind of a statement that someone signed on paper."""
WITNESSES = 2
"""How many must have seen a signature on paper before it counts."""
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "https://tenderflow.dev/decision/v1"


class DecisionRefused(StorageError):
    """A decision is broken, unsigned, by another person than it says, or by someone without the role."""


@dataclass(frozen=True)
class Decision:
    """A decision; one that `verify_decision` returned is proven, one that was built is a claim.

    Attributes:
        kind: such as ``price`` or ``final-review``.
        subjects: manifest digest → ``name@version``.
        on_behalf_of: the person deputised for, or None.
        procedure: the company's rule and its version.
        witness: in a statement of kind ``witness``, whose signature on paper the person saw: its ``decision``,
            ``person`` and ``role``. The subjects then hold the scan beside what was decided on.
    """

    tender: str
    lot: str
    kind: str
    verdict: str
    person: str
    role: str
    subjects: Mapping[str, str]
    at: datetime
    procedure: str
    reason: str = ""
    on_behalf_of: str | None = None
    witness: Mapping[str, str] | None = None

    def statement(self) -> bytes:
        """Return the in-toto Statement v1 as canonical JSON: what is signed."""
        subject = [{"name": name, "digest": {"sha256": digest}} for digest, name in sorted(self.subjects.items())]
        predicate = {
            "tender": self.tender,
            "lot": self.lot,
            "decision": self.kind,
            "verdict": self.verdict,
            "reason": self.reason,
            "person": self.person,
            "role": self.role,
            "on_behalf_of": self.on_behalf_of,
            "at": stamp(self.at),
            "procedure": self.procedure,
            **({"witness": dict(self.witness)} if self.witness is not None else {}),
        }
        return canonical(
            {"_type": STATEMENT_TYPE, "subject": subject, "predicateType": PREDICATE_TYPE, "predicate": predicate}
        )


def sign_decision(decision: Decision, person: Holder) -> dict[str, Any]:
    """Return the body of an event ``decision.signed``: the statement and the person's SSH signature over it."""
    text = decision.statement()
    return {"statement": json.loads(text), "signature": sshsig.sign(text, person.signing, NAMESPACE)}


def verify_decision(
    statement: Mapping[str, Any] | bytes, signature: str, people: People, *, at: datetime | None = None
) -> Decision:
    """Return the decision that a signature proves.

    Args:
        statement: the Statement, as canonical bytes or as the value read from an event.
        signature: the armored SSH signature.
        people: the register that person, key and role are held against.
        at: when it was recorded; a decision dated later than that, or a key or role not valid then, is refused.

    Raises:
        DecisionRefused: with what was found and what was expected.
    """
    try:
        text = statement if isinstance(statement, bytes) else canonical(statement)
        signer = sshsig.verify(text, signature, NAMESPACE)
        decision = read_decision(text)
        for moment in {decision.at, at or decision.at}:
            _check_person(decision, signer, people, moment)
    except DecisionRefused:
        raise
    except StorageError as error:
        raise DecisionRefused("decision: {reason}", reason=str(error)) from None
    return decision


def read_decision(text: bytes) -> Decision:
    """Read a statement without asking who signed it.

    Raises:
        DecisionRefused, NotCanonical: another form than `Decision.statement` writes.
    """
    value = parse(text)
    try:
        predicate = value["predicate"]
        subjects = {each["digest"]["sha256"]: each["name"] for each in value["subject"]}
        decision = Decision(
            predicate["tender"],
            predicate["lot"],
            predicate["decision"],
            predicate["verdict"],
            predicate["person"],
            predicate["role"],
            subjects,
            read_time(predicate["at"]),
            predicate["procedure"],
            predicate["reason"],
            predicate["on_behalf_of"],
            predicate.get("witness"),
        )
        same = decision.statement() == text
    except (KeyError, TypeError, AttributeError) as error:
        raise DecisionRefused("decision: broken at {place}", place=str(error)) from None
    if not same:
        raise DecisionRefused("decision: found another form than {expected}", expected=PREDICATE_TYPE)
    return decision


def _check_person(decision: Decision, signer: str, people: People, at: datetime) -> None:
    person = people.find(decision.person, at)
    if person is None or person.signing_key != signer:
        raise DecisionRefused(
            "decision {kind}: not signed with the key of {person}", kind=decision.kind, person=decision.person
        )
    principals = {row.id for row in people.authorities(decision.person, decision.role, None, at, _ANY_AMOUNT)}
    if decision.on_behalf_of is not None and decision.on_behalf_of not in principals - {person.id}:
        raise DecisionRefused(
            "decision {kind}: {person} is no deputy of {principal}",
            kind=decision.kind,
            person=decision.person,
            principal=decision.on_behalf_of,
        )
    if decision.on_behalf_of is None and person.id not in principals:
        raise DecisionRefused(
            "decision {kind}: {person} has no role {role} at {at}, or not in their own right",
            kind=decision.kind,
            person=decision.person,
            role=decision.role,
            at=stamp(at),
        )
    _check_witness(decision, people, at)


def _check_witness(decision: Decision, people: People, at: datetime) -> None:
    """Hold a witness's statement against the register: the signer on paper is another person and has the role."""
    seen = decision.witness
    if (seen is None) != (decision.kind != WITNESS):
        raise DecisionRefused("decision {kind}: a witness and only a witness names a signature", kind=decision.kind)
    if seen is None:
        return
    if set(seen) != {"decision", "person", "role"} or seen["person"] == decision.person or decision.on_behalf_of:
        raise DecisionRefused("witness {person}: expected a signature of someone else", person=decision.person)
    signer = people.find(seen["person"], at)
    if signer is None or seen["role"] not in signer.roles:
        raise DecisionRefused(
            "witness {person}: the signer {signer} has no role {role} at {at}",
            person=decision.person,
            signer=seen["person"],
            role=seen["role"],
            at=stamp(at),
        )


_ANY_AMOUNT = Decimal(0)
"""A deputy's limit is a question of the amount decided on, which `within_authority` asks."""


def quorum(decisions: Iterable[Decision], k: int, *, role: str, group: Collection[str], verdict: str) -> bool:
    """Say whether k different people of a group decided alike; a person who decided again counts with the last one.

    Args:
        decisions: verified, over the same subjects, in the order of the ledger.
        group: ids of the people who may; deputies count for whom they stand in for.
    """
    last = {d.on_behalf_of or d.person: d for d in decisions if d.role == role}
    return k > 0 and sum(d.verdict == verdict for who, d in last.items() if who in group) >= k


def four_eyes(*sides: Iterable[Decision]) -> bool:
    """Say whether every side has a decision and no person stands on two sides, in person or as someone's deputy."""
    people = [{d.person for d in side} | {d.on_behalf_of for d in side if d.on_behalf_of} for side in map(list, sides)]
    return all(people) and len(set().union(*people)) == sum(map(len, people))


def in_order(decisions: Sequence[Decision], kinds: Sequence[str]) -> bool:
    """Say whether the first decision of each kind stands, in the order of the ledger, in the order of ``kinds``."""
    seen = [decision.kind for decision in decisions]
    places = [seen.index(kind) if kind in seen else -1 for kind in kinds]
    return -1 not in places and places == sorted(places)


def covers(decision: Decision, subjects: Collection[str]) -> bool:
    """Say whether a decision is over exactly these manifest digests."""
    return set(decision.subjects) == set(subjects)


def within_authority(
    decision: Decision, amount: Decimal, tiers: Sequence[tuple[Decimal | None, str]], people: People
) -> bool:
    """Say whether the role that decided reaches the amount, and a deputy's own limit as well.

    Args:
        tiers: upper limit (None: any) and the role that may decide up to it, lowest first.
    """
    reach = [role for limit, role in tiers if limit is None or amount <= limit]
    named = decision.on_behalf_of or decision.person
    rights = people.authorities(decision.person, decision.role, None, decision.at, amount)
    return decision.role in reach and any(row.id == named for row in rights)

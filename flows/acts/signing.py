"""Puts a signature under papers: who may, in whose right, and never one person behind two signatures of a gate."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flows.case import Case
from flows.errors import TenderError
from flows.steps.procedure import Gate, Manifested
from storage.decision import Decision, sign_decision
from storage.person import Deputy, holder_name

Named = Mapping[str, Sequence[str]]
"""Role → ids of the people who are named for it; a role that is not there belongs to whom the register gives it."""


_NO_DEPUTY = (
    "Decision {decision} of {tender}: {person} is no deputy of {principal} (SJE/ZY/GK-02 art. {article}), "
    "expected {roles}; next: tender people deputy"
)
_OUT_OF_SCOPE = (
    "Decision {decision} of {tender}: {person} deputises for {principal} in {found}, not as {role} "
    "(SJE/ZY/GK-02 art. {article}), expected {roles}; next: have one of them sign"
)
_NOT_NOW = (
    "Decision {decision} of {tender}: {person} deputises for {principal} only in {found}, not now "
    "(SJE/ZY/GK-02 art. {article}), expected {roles}; next: have one of them sign"
)
_ABOVE_LIMIT = (
    "Decision {decision} of {tender}: {person} deputises for {principal} up to {limit}, found {amount} "
    "(SJE/ZY/GK-02 art. {article}), expected {roles}; next: have one of them sign"
)


class NotYours(TenderError):
    """The person may not take this decision: not named, no deputy, out of scope, time or limit, or on another side."""


@dataclass(frozen=True)
class Right:
    """In which role a person signs, and for whom if not for themselves."""

    role: str
    on_behalf_of: str | None = None


@dataclass(frozen=True)
class SignedEvent:
    """What was signed: verdict, subjects (manifest digests), number of the ledger event."""

    verdict: str
    subjects: tuple[str, ...]
    seq: int


def require_appointed(case: Case, gate: Gate, principal: str) -> None:
    """Refuse whoever is no deputy in force of a person, before anything is opened: such a one cannot read it either.

    Raises:
        NotYours: no appointment, another role, or over.
    """
    now = datetime.now(UTC)
    appointed = _appointed(case, principal, now)
    role = next((role for role in gate.signers if any(role in each.roles for each in appointed)), gate.signers[0])
    if not any(role in each.roles and each.valid_from <= now < each.valid_to for each in appointed):
        raise _no_deputy(case, gate, role, principal, roles=f"{role}: {principal}")


def _appointed(case: Case, principal: str, now: datetime) -> list[Deputy]:
    """Return the appointments of the holder of a case as deputy of a person, in force or not."""
    row = case.people.find(principal, now)
    return [each for each in (row.deputies if row else ()) if case.holder.name == holder_name(each.person)]


def _no_deputy(case: Case, gate: Gate, role: str, principal: str, **more: object) -> NotYours:
    now = datetime.now(UTC)
    appointed = _appointed(case, principal, now)
    return NotYours(
        _why_not(appointed, role, now),
        decision=gate.decision,
        tender=case.tender,
        person=case.holder.name.removeprefix("person:"),
        principal=principal,
        role=role,
        found=_spans(appointed),
        article=gate.article,
        **more,
    )


def _spans(appointed: Sequence[Deputy]) -> str:
    """Return roles and days of appointments, the last day included."""
    last = timedelta(seconds=1)
    return "; ".join(f"{', '.join(d.roles)} {d.valid_from:%Y-%m-%d}–{d.valid_to - last:%Y-%m-%d}" for d in appointed)


def right(case: Case, gate: Gate, lot: str, named: Named, principal: str = "") -> Right:
    """Return in which right the holder of a case signs at a gate.

    Args:
        principal: the person whom the holder deputises for; empty for the holder's own right.

    Raises:
        NotYours: neither named nor a deputy in force, in scope and within the limit; it says who can sign.
    """
    person = case.holder.name.removeprefix("person:")
    role = role_of(case, gate, named, principal or person)
    barred = {each for other in gate.not_also for each in named.get(other, ())}
    if role is None or barred & {person, principal}:
        raise NotYours(
            "Decision {decision} of {tender}: {person} may not take it (SJE/ZY/GK-02 art. {article}), expected "
            "{roles}; next: have one of them sign; a deputy adds --for",
            decision=gate.decision,
            tender=case.tender,
            person=principal or person,
            article=gate.article,
            roles=who_can(case, gate, lot, named),
        )
    if principal and principal != person:
        _require_deputy(case, gate, lot, named, role, principal)
        return Right(role, principal)
    return Right(role)


def who_can(case: Case, gate: Gate, lot: str, named: Named) -> str:
    """Return who may sign at a gate now, by role, with the deputies in force: `leader: qian.wei (or wu.fang)`."""
    return "; ".join(
        f"{role}: {', '.join(_with_deputies(case, each, role, lot) for each in _named_for(case, named, role)) or '?'}"
        for role in gate.signers
    )


def require_apart(
    case: Case, gate: Gate, lot: str, subjects: Iterable[Manifested], right: Right, people: frozenset[str]
) -> None:
    """Refuse whoever stands behind another signature over the same papers: four eyes, in person or as a deputy.

    Raises:
        NotYours: with that signature.
    """
    papers = frozenset(subject.digest for subject in subjects)
    mine = (right.role, right.on_behalf_of)
    for other in case.signed():
        same = (other.decision, other.lot, other.subjects) == (gate.decision, lot, papers)
        again = (other.role, other.on_behalf_of) == mine and other.person in people
        if same and not again and other.people & people:
            raise NotYours(
                "Decision {decision} of {tender}: {people} already behind the signature of {other}, expected different "
                "people (four eyes, SJE/ZY/GK-02 art. {article}); next: have someone else sign",
                decision=gate.decision,
                tender=case.tender,
                people=", ".join(sorted(other.people & people)),
                other=other.words,
                article=gate.article,
            )


def put(
    case: Case, gate: Gate, lot: str, verdict: str, right: Right, subjects: Sequence[Manifested], reason: str = ""
) -> SignedEvent:
    """Sign with the person's own key and append the decision to the ledger. See `right` and `require_apart`."""
    person = case.holder.name.removeprefix("person:")
    require_apart(case, gate, lot, subjects, right, frozenset({person, right.on_behalf_of or person}))
    decision = Decision(
        tender=case.tender,
        lot=lot,
        kind=gate.decision,
        verdict=verdict,
        person=person,
        role=right.role,
        subjects={s.digest: f"{s.name}@{s.version}" for s in subjects},
        at=datetime.now(UTC),
        procedure=case.procedure,
        reason=reason,
        on_behalf_of=right.on_behalf_of,
    )
    return append(case, decision)


def append(case: Case, decision: Decision) -> SignedEvent:
    """Sign a decision with the holder's own key and append it to the ledger."""
    body = {"decision": decision.kind, **sign_decision(decision, case.holder)}
    event = case.ledger.append("decision.signed", body, lot=decision.lot)
    return SignedEvent(decision.verdict, tuple(decision.subjects), event.seq)


def role_of(case: Case, gate: Gate, named: Named, person: str) -> str | None:
    """Return the first role of a gate that a person is named for, or None."""
    return next((role for role in gate.signers if person in _named_for(case, named, role)), None)


def _named_for(case: Case, named: Named, role: str) -> Sequence[str]:
    return named.get(role) or [row.id for row in case.people.with_role(role, datetime.now(UTC))]


def _with_deputies(case: Case, principal: str, role: str, lot: str) -> str:
    now = datetime.now(UTC)
    row = case.people.find(principal, now)
    deputies = [d.person for d in row.deputies if d.covers(role, now, case.amount(lot))] if row else []
    return f"{principal} (or {', '.join(deputies)})" if deputies else principal


def _require_deputy(case: Case, gate: Gate, lot: str, named: Named, role: str, principal: str) -> None:
    now, amount = datetime.now(UTC), case.amount(lot)
    appointed = _appointed(case, principal, now)
    if not any(each.covers(role, now, amount) for each in appointed):
        raise _no_deputy(
            case,
            gate,
            role,
            principal,
            limit=", ".join(str(each.limit) for each in appointed if each.limit is not None),
            amount="?" if amount is None else amount,
            roles=who_can(case, gate, lot, named),
        )


def _why_not(appointed: Sequence[Deputy], role: str, now: datetime) -> str:
    """Return the message for the first thing that an appointment lacks: itself, its scope, its time, its limit."""
    in_scope = [each for each in appointed if role in each.roles]
    if not appointed:
        return _NO_DEPUTY
    if not in_scope:
        return _OUT_OF_SCOPE
    return _ABOVE_LIMIT if any(each.valid_from <= now < each.valid_to for each in in_scope) else _NOT_NOW

"""A tender as values: what the buyer asks, what we answer, who does what; `tender.yaml` read once becomes these.

The shapes are those of docs/data-model.md. Nothing here reads a file.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import ConfigDict, Field, model_validator

from flows.steps.value import (
    Amount,
    CreditCode,
    FileName,
    Finite,
    LotId,
    PersonId,
    Positive,
    Reference,
    Slug,
    TenderId,
    Text,
    Value,
    Zone,
)

Deviation = Literal["", "none", "positive", "negative"]
Relation = Literal["≥", "≤", "=", "range", "±", "text"]
PanelFunction = Literal["marketing", "technical", "production", "finance", "legal"]
Deliverable = Literal["technical-material", "project-quotation", "technical-agreement"]
"""What the technical department owes a bid (SJE/ZY/GK-02 art. 3.3)."""


class Party(Value):
    """The buyer or its agency."""

    name: Text
    address: str = ""


class Bidder(Value):
    """Our company as its licence names it; `credit_code` passes GB 32100-2015."""

    name: Text
    credit_code: CreditCode
    address: str = ""
    postcode: str = ""
    phone: str = ""
    fax: str = ""
    email: str = ""
    website: str = ""
    legal_representative: Text
    legal_representative_id: str = ""
    bank: str = ""
    account: str = ""
    established: date | None = None
    capital: str = ""
    staff: int | None = None


class Signer(Value):
    """Who signs: the legal representative, or the agent of a power of attorney valid from `since` to `until`."""

    name: Text
    id_number: str = ""
    title: str = ""
    phone: str = ""
    since: date | None = None
    until: date | None = None


class Bond(Value):
    """The bid bond (投标保证金) asked for and how we give it."""

    amount: Positive
    form: Literal["transfer", "cheque", "guarantee", "insurance"]
    due: date
    payee: str = ""
    valid_to: date | None = None


class Money(Value):
    """Currency, tax and rounding of every price, and the tender's own price-correction regime."""

    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "CNY"
    tax_rate: Annotated[Finite, Field(ge=0, lt=1)] = Decimal("0.13")
    basis: Literal["gross", "net"] = "gross"
    rounding: Positive = Decimal("0.01")
    correction: Literal["opening-sheet-first", "words-first", "none"] = "opening-sheet-first"


class Limits(Value):
    """Limits the tender sets for the checks; a limit not set leaves the rule to a person or out."""

    important_negatives: int | None = None
    buffer_hours: int = 24
    max_file_mb: int | None = None
    file_formats: tuple[str, ...] = ()
    file_name: str = ""
    copies: Annotated[int, Field(ge=0, le=99)] | None = None
    usb: Annotated[int, Field(ge=0, le=99)] = 0
    submission_hours: Annotated[int, Field(gt=0)] | None = None
    estimate: Amount | None = None
    track_record_count: int | None = None
    track_record_amount: Amount | None = None
    track_record_since: date | None = None
    qualifications: tuple[str, ...] = ()
    certificates_until: Literal["deadline", "contract-end"] = "deadline"
    empty_deviation_table: Literal["full-compliance", "missing"] = "full-compliance"
    manufacturer_authorisation: bool = False
    blind_volumes: tuple[str, ...] = ()


class People(Value):
    """Who is named for which role of this tender; `quorum` is how many of `pricing` must approve the price.

    `panel` are the people whose signed opinions the screening needs (art. 3.2), by what they judge.
    `representative` says our prices where a tender has more than one round.
    """

    handler: PersonId
    leader: PersonId
    technical: tuple[PersonId, ...] = ()
    pricing: Annotated[tuple[PersonId, ...], Field(min_length=1)]
    quorum: Annotated[int, Field(ge=1)] = 1
    reviewer: PersonId
    submitter: PersonId
    clerk: PersonId
    representative: PersonId | None = None
    panel: Mapping[PanelFunction, PersonId] = {}


class Item(Value):
    """One priced line that the buyer asks for; `ceiling` is per unit."""

    no: Text
    name: Text
    model: str = ""
    unit: Text
    quantity: Positive
    ceiling: Positive | None = None


class Clause(Value):
    """One row of the clause matrix: a requirement of the tender, our answer, and where it is proved."""

    clause: Text
    mark: Literal["", "★", "▲"] = ""
    requirement: Text
    parameter: str = ""
    relation: Relation = "text"
    value: str = ""
    unit: str = ""
    response: str = ""
    offered: str = ""
    deviation: Deviation = ""
    owner: str = ""
    evidence: str = ""
    place: str = ""


class Lot(Value):
    """One lot (标段/包): what is bought, its ceiling, terms, items and clauses."""

    id: LotId
    name: Text
    ceiling: Positive | None = None
    bond_amount: Positive | None = None
    delivery_days: Annotated[int, Field(gt=0)]
    warranty_months: Annotated[int, Field(ge=0)]
    payment: str = ""
    items: Annotated[tuple[Item, ...], Field(min_length=1)]
    clauses: tuple[Clause, ...] = ()
    consortium: bool = False
    rounds: Annotated[int, Field(ge=1)] = 1


class Input(Value):
    """One technical input: the deliverable it belongs to and the section of the volume where it is placed."""

    lot: str
    deliverable: Slug
    file: FileName
    volume: Slug
    section: Slug
    library: Reference = None


class Qualification(Value):
    """A licence or certificate and how long it is valid."""

    kind: Slug
    name: Text
    number: str = ""
    valid_to: date | None = None
    file: FileName | None = None
    person: str = ""
    library: Reference = None


class Project(Value):
    """A similar project done, for the track record."""

    buyer: Text
    project: Text
    amount: Amount
    signed: date
    contact: str = ""
    file: FileName | None = None
    library: Reference = None


class Authorisation(Value):
    """A manufacturer's authorisation (制造商授权书) for models that we do not make."""

    manufacturer: Text
    models: tuple[str, ...] = ()
    valid_to: date | None = None
    file: FileName | None = None
    library: Reference = None


class Addendum(Value):
    """An addendum (补遗) of the buyer: when we acknowledged it and which clauses it touches."""

    no: Text
    issued: date
    acknowledged: date | None = None
    clauses: tuple[str, ...] = ()
    reviewed: date | None = None


class Member(Value):
    """A member of the consortium (联合体) and its share of the work."""

    name: Text
    share: Annotated[Finite, Field(gt=0, le=1)]
    leader: bool = False
    duty: str = ""


class Score(Value):
    """The price-score formula of the tender; parameters by the names that `flows.steps.score` takes."""

    model_config = ConfigDict(frozen=True, extra="allow", str_strip_whitespace=True)

    formula: Literal["low-price", "mean-benchmark", "lowest-wins"]
    weight: Annotated[Finite, Field(ge=0, le=1)] = Decimal(0)


class Tender(Value):
    """The whole record of a tender; `deadline` is aware, in the tender's own zone."""

    tender: TenderId
    predecessor: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{2,39}$")] | None = None
    title: Text
    number: Text
    buyer: Party
    agency: Party | None = None
    set: Slug
    timezone: Zone = "Asia/Shanghai"
    issued: date
    deadline: datetime
    validity_days: Annotated[int, Field(gt=0)]
    department: Slug
    bidder: Bidder
    signer: Signer
    sign_date: date
    bond: Bond | None = None
    money: Money = Money()
    score: Score | None = None
    limits: Limits = Limits()
    people: People
    lots: Annotated[tuple[Lot, ...], Field(min_length=1)]
    inputs: tuple[Input, ...] = ()
    qualifications: tuple[Qualification, ...] = ()
    track_record: tuple[Project, ...] = ()
    authorisations: tuple[Authorisation, ...] = ()
    addenda: tuple[Addendum, ...] = ()
    consortium: tuple[Member, ...] = ()
    affiliates: tuple[str, ...] = ()
    extra: Mapping[str, Any] = {}
    cost: Mapping[str, FileName] = {}
    repeat_of: str = ""
    deliverables: Mapping[Deliverable, date] = {}

    @model_validator(mode="after")
    def _deadline_in_zone(self) -> Self:
        if self.deadline.tzinfo is None:
            object.__setattr__(self, "deadline", self.deadline.replace(tzinfo=ZoneInfo(self.timezone)))
        return self

    def lot(self, lot_id: str) -> Lot:
        """Return the lot `lot_id`; KeyError when the tender has none."""
        for lot in self.lots:
            if lot.id == lot_id:
                return lot
        raise KeyError(lot_id)

    def bond_of(self, lot_id: str) -> Bond | None:
        """Return the bid bond of a lot: with the lot's own amount where it has one; None when none is asked for."""
        own = self.lot(lot_id).bond_amount
        return self.bond.model_copy(update={"amount": own}) if self.bond and own is not None else self.bond

    @property
    def bond_total(self) -> Decimal:
        """Return what all lots together ask for as bid bond."""
        return sum((bond.amount for lot in self.lots if (bond := self.bond_of(lot.id))), Decimal(0))

    def amount(self, lot_id: str) -> Decimal | None:
        """Return the most that a lot (`-`: the tender) can be worth: its ceiling, else the buyer's estimate, if known.

        A price is never above its ceiling, so whoever may decide on this may decide on any price, and no price is told.
        """
        ceilings = [lot.ceiling for lot in self.lots if lot_id in (lot.id, "-")]
        known = [ceiling for ceiling in ceilings if ceiling is not None]
        return sum(known, Decimal(0)) if ceilings and len(known) == len(ceilings) else self.limits.estimate

    def record(self) -> dict[str, Any]:
        """Return the record as JSON values, money and dates as text, without the cost sheets' names."""
        return self.model_dump(mode="json", exclude={"cost"}, exclude_none=True)

    def is_late(self, now: datetime) -> bool:
        """Return whether `now` (aware) is after the deadline."""
        return now.astimezone(UTC) > self.deadline.astimezone(UTC)


def from_record(record: Mapping[str, Any]) -> Tender:
    """Return the tender of a record made by `Tender.record`; pydantic's ValidationError for anything else."""
    return Tender.model_validate(record)

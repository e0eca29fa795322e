"""The screening form (投标评审表) of a lot: knock-outs, weighted criteria, customer credit, contract-term risk, advice.

SJE/ZY/GK-02 art. 3.2: the panel gives its opinions on it and the leader decides, bid or no-bid.
"""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from pydantic import Field

from flows.steps.screening.rule import HUNDRED, ScreeningRule, is_short, rule_for
from flows.steps.tender import Tender
from flows.steps.value import Positive, Text, Value

Advice = Literal["bid", "no-bid"]
LEAD_TIME = "lead time in days"
Percent = Field(ge=0, le=100)


class KnockOut(Value):
    """One question that alone can end the screening; `automatic` ones are answered from the record."""

    name: Text
    found: str = ""
    expected: str = ""
    holds: bool
    automatic: bool = False


class Scored(Value):
    """One criterion: weight in per cent, score of 100."""

    name: Text
    weight: Positive
    score: Decimal = Percent
    remark: str = ""


class Credit(Value):
    """The customer's credit: A (never late) to D (do not deliver without payment)."""

    grade: Literal["A", "B", "C", "D"]
    remark: str = ""


class Risk(Value):
    """The risk of the contract's terms: payment, penalties, liability."""

    grade: Literal["low", "medium", "high"]
    remark: str = ""


class Answers(Value):
    """What people fill in. A short form may leave everything out."""

    customer_credit: Credit | None = None
    contract_risk: Risk | None = None
    knock_outs: tuple[KnockOut, ...] = ()
    criteria: tuple[Scored, ...] = ()


class ScreeningForm(Value):
    """The form of one lot. `total` and `advice` follow from the rest and are never typed."""

    v: Literal[2] = 2
    lot: str
    name: str
    form: Literal["short", "full"]
    rule: str
    threshold: Decimal
    ceiling: Decimal | None
    delivery_days: int
    deadline: datetime
    repeat_of: str = ""
    customer_credit: Credit | None = None
    contract_risk: Risk | None = None
    knock_outs: tuple[KnockOut, ...]
    criteria: tuple[Scored, ...] = ()

    @property
    def total(self) -> Decimal | None:
        """The weighted score, of 100; None without criteria."""
        if not self.criteria:
            return None
        return sum((c.weight * c.score for c in self.criteria), Decimal()) / HUNDRED

    @property
    def failed(self) -> tuple[str, ...]:
        """The knock-outs that do not hold."""
        return tuple(question.name for question in self.knock_outs if not question.holds)

    @property
    def advice(self) -> Advice:
        """What the form itself says: no-bid when a knock-out fails or the score is under the threshold."""
        low = self.total is not None and self.total < self.threshold
        return "no-bid" if self.failed or low else "bid"

    def to_json(self) -> dict[str, Any]:
        """Return the form as plain values, with what follows from it."""
        total = None if self.total is None else f"{self.total:f}"
        return {**self.model_dump(mode="json"), "total": total, "advice": self.advice}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "ScreeningForm":
        """Return the form that `to_json` wrote; pydantic's ValidationError for anything else."""
        return cls.model_validate({key: each for key, each in value.items() if key not in ("total", "advice")})


def form(tender: Tender, lot_id: str, now: datetime, answers: Answers | None = None) -> ScreeningForm:
    """Return the screening form of a lot: the record's own facts, with what people answered.

    Args:
        tender: the record.
        lot_id: a lot of it.
        now: aware; against it the lead time is measured.
        answers: what people filled in; nothing gives the short form as the record answers it.
    """
    lot, rule, answers = tender.lot(lot_id), rule_for(tender), answers or Answers()
    own = tuple(question for question in answers.knock_outs if not question.automatic)
    return ScreeningForm(
        lot=lot.id,
        name=lot.name,
        form="short" if is_short(tender, lot_id) and not answers.criteria else "full",
        rule=rule.version,
        threshold=rule.threshold,
        ceiling=lot.ceiling,
        delivery_days=lot.delivery_days,
        deadline=tender.deadline,
        repeat_of=tender.repeat_of,
        customer_credit=answers.customer_credit,
        contract_risk=answers.contract_risk,
        knock_outs=(*_automatic(tender, rule, now), *_graded(answers), *own),
        criteria=answers.criteria,
    )


def _automatic(tender: Tender, rule: ScreeningRule, now: datetime) -> Iterator[KnockOut]:
    days = (tender.deadline - now).days
    yield KnockOut(
        name=LEAD_TIME,
        found=str(days),
        expected=f"≥ {rule.lead_days}",
        holds=days >= rule.lead_days,
        automatic=True,
    )
    for paper in tender.qualifications:
        until = paper.valid_to
        yield KnockOut(
            name=paper.name,
            found=until.isoformat() if until else "",
            expected=f"≥ {tender.deadline.date()}",
            holds=until is None or until >= tender.deadline.date(),
            automatic=True,
        )


def _graded(answers: Answers) -> Iterator[KnockOut]:
    """The worst grades of credit and risk end a screening like any other knock-out."""
    if answers.customer_credit is not None:
        grade = answers.customer_credit.grade
        yield KnockOut(name="customer credit", found=grade, expected="A, B, C", holds=grade != "D", automatic=True)
    if answers.contract_risk is not None:
        risk = answers.contract_risk.grade
        yield KnockOut(
            name="contract-term risk", found=risk, expected="low, medium", holds=risk != "high", automatic=True
        )

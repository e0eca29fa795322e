"""The bid bond (投标保证金) of a lot: asked for, applied for, given or exempted, amended, returned or kept.

《招标投标法实施条例》 art. 26: at most 2 % of the estimate, valid as long as the bid;
art. 35 and 57: how it comes back.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from flows.errors import TenderError
from flows.steps.calendar import Calendar
from flows.steps.tender import Bond

LEAD_DAYS: Mapping[str, int] = {
    "transfer": 2, "cheque": 2, "bank-guarantee": 10, "e-guarantee": 3, "insurance": 3, "exemption": 0,
}  # fmt: skip
"""Working days that each form takes from the application until it lies with the buyer; our own experience."""
MOST_OF_ESTIMATE = Decimal("0.02")
_NEXT: Mapping[str, tuple[str, ...]] = {
    "": ("applied", "given", "exempted"),
    "applied": ("applied", "given", "exempted"),
    "given": ("amended", "returned", "kept"),
    "amended": ("amended", "returned", "kept"),
}
ACTS = ("applied", "given", "exempted", "amended", "returned", "kept")
"""What can be recorded; `kept`: the buyer does not give it back (《招标投标法实施条例》 art. 35 and 74)."""


class BondRefused(TenderError):
    """An act out of order, of an unknown form, or without what proves it."""


@dataclass(frozen=True, kw_only=True)
class BondAct:
    """One act on the bond of a lot; `valid_to` for a guarantee or an insurance, `reason` where one is asked for."""

    act: str
    form: str
    on: date
    amount: Decimal | None = None
    valid_to: date | None = None
    number: str = ""
    reason: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the act as a JSON value, money and dates as text."""
        return {
            "act": self.act,
            "form": self.form,
            "on": self.on.isoformat(),
            "amount": None if self.amount is None else f"{self.amount:f}",
            "valid_to": self.valid_to.isoformat() if self.valid_to else None,
            "number": self.number,
            "reason": self.reason,
        }


def of(body: Mapping[str, Any]) -> BondAct:
    """Return the act of an event `bond.recorded`."""
    amount, until = body.get("amount"), body.get("valid_to")
    return BondAct(
        act=body["act"],
        form=body["form"],
        on=date.fromisoformat(body["on"]),
        amount=Decimal(amount) if amount else None,
        valid_to=date.fromisoformat(until) if until else None,
        number=body["number"],
        reason=body["reason"],
    )


def amount_of(text: str) -> Decimal | None:
    """Return an amount typed in; None for nothing.

    Raises:
        BondRefused: no amount.
    """
    if not text:
        return None
    try:
        amount = Decimal(text.replace(",", ""))
    except InvalidOperation:
        amount = Decimal(0)
    if not amount.is_finite() or amount <= 0:
        raise BondRefused("bond: amount {found}, expected a number above 0; next: correct --amount", found=text)
    return amount


@dataclass(frozen=True, kw_only=True)
class BondStanding:
    """How the bond of a lot stands; `doubts` are message ids of what is not in order.

    Attributes:
        given, returned: what lay with the buyer at last, and what came back; None before that.
    """

    lot: str
    asked: Bond | None
    state: str
    form: str
    start_by: date | None
    due: date | None
    valid_to: date | None
    must_last_to: date
    given: Decimal | None = None
    returned: Decimal | None = None
    doubts: tuple[str, ...] = ()

    def amounts(self) -> dict[str, Decimal | None]:
        """Return what is asked for, what was given and what came back."""
        return {"asked": self.asked.amount if self.asked else None, "given": self.given, "returned": self.returned}

    def to_json(self) -> dict[str, Any]:
        """Return the standing as a JSON value."""
        days = {name: getattr(self, name) for name in ("start_by", "due", "valid_to", "must_last_to")}
        return {
            "lot": self.lot,
            "state": self.state,
            "form": self.form,
            **{name: None if money is None else f"{money:f}" for name, money in self.amounts().items()},
            **{name: day.isoformat() if day else None for name, day in days.items()},
            "doubts": list(self.doubts),
        }


def total(stands: Iterable[BondStanding]) -> dict[str, Decimal]:
    """Return what all lots together are asked for, have given and got back."""
    names = ("asked", "given", "returned")
    lots = [each.amounts() for each in stands]
    return {name: sum((lot[name] or Decimal(0) for lot in lots), Decimal(0)) for name in names}


def require_act(acts: Iterable[BondAct], new: BondAct, today: date) -> None:
    """Refuse an act out of order, of an unknown form, to come, or without its reason or proof.

    Raises:
        BondRefused: with what is expected.
    """
    before = [act.act for act in acts]
    allowed = _NEXT.get(before[-1] if before else "", ())
    if new.act not in allowed:
        raise BondRefused(
            "bond: {act} after {before}, expected {allowed}; next: tender bond show",
            act=new.act,
            before=before[-1] if before else "nothing",
            allowed=" / ".join(allowed) or "nothing more",
        )
    if new.form not in LEAD_DAYS:
        raise BondRefused(
            "bond: form {form} not known, expected one of {known}; next: correct --form",
            form=new.form,
            known=", ".join(LEAD_DAYS),
        )
    if new.on > today:
        raise BondRefused("bond: {act} on {on}, a day to come; next: correct --on", act=new.act, on=new.on.isoformat())
    if new.act in ("exempted", "kept") and not new.reason.strip():
        raise BondRefused("bond: {act} without a reason, expected one; next: add --reason", act=new.act)
    if new.act == "given" and new.form in ("bank-guarantee", "e-guarantee", "insurance") and new.valid_to is None:
        raise BondRefused("bond: {form} without its last day, expected one; next: add --valid-to", form=new.form)


def standing(
    lot: str,
    asked: Bond | None,
    acts: Iterable[BondAct],
    *,
    deadline: datetime,
    validity_days: int,
    estimate: Decimal | None,
    today: date,
    calendar: Calendar,
    total: Decimal | None = None,
) -> BondStanding:
    """Return how the bond of a lot stands and what about it is not in order.

    Args:
        asked: what the tender asks for; None when it asks for none.
        deadline: of the tender, aware; validity_days: bid validity from then on, which the bond must last as long as.
        estimate: the buyer's estimate of the tender, if known; total: what all lots ask for, default: this one alone.
    """
    told = list(acts)
    last = told[-1] if told else None
    form = last.form if last else _FORMS.get(asked.form, asked.form) if asked else ""
    given = next((act for act in reversed(told) if act.act in ("given", "amended")), None)
    found = BondStanding(
        lot=lot,
        asked=asked,
        state=last.act if last else "asked" if asked else "none",
        form=form,
        start_by=calendar.add(asked.due, -LEAD_DAYS[form]) if asked else None,
        due=asked.due if asked else None,
        valid_to=given.valid_to if given else None,
        must_last_to=calendar.day(deadline) + timedelta(days=validity_days),
        given=_amount_given(told, asked),
        returned=_amount_returned(told, asked),
    )
    over = estimate is not None and asked is not None and (total or asked.amount) > estimate * MOST_OF_ESTIMATE
    return replace(found, doubts=tuple(_doubts(found, told, given, today, over=over)))


def _amount_given(told: list[BondAct], asked: Bond | None) -> Decimal | None:
    """Return the last amount that was given or amended to; an act without one means what is asked for."""
    acts = [act for act in told if act.act in ("given", "amended")]
    stated = [act.amount for act in acts if act.amount is not None]
    return stated[-1] if stated else asked.amount if acts and asked else None


def _amount_returned(told: list[BondAct], asked: Bond | None) -> Decimal | None:
    back = next((act for act in told if act.act == "returned"), None)
    if back is None:
        return None
    return back.amount if back.amount is not None else _amount_given(told, asked)


_FORMS = {"guarantee": "bank-guarantee"}
"""What `tender.yaml` calls a form, where the ledger of bonds tells more kinds apart."""


def _doubts(
    bond: BondStanding, told: list[BondAct], given: BondAct | None, today: date, *, over: bool
) -> Iterable[str]:
    if bond.asked is None:
        return
    pending = bond.state in ("asked", "applied")
    if bond.asked.valid_to and bond.asked.valid_to < bond.must_last_to:
        yield "the bond asked for ends before the bid validity"
    if over:
        yield "more than two percent of the estimate is asked for (《招标投标法实施条例》 art. 26)"
    if pending and today > bond.asked.due:
        yield "not given, and its day is over"
    elif bond.state == "asked" and bond.start_by and today > bond.start_by:
        yield "not applied for, and the lead time is gone"
    if given is None:
        return
    first = next(act for act in told if act.act == "given")
    if first.on > bond.asked.due:
        yield "given after its day"
    if bond.given is not None and bond.given < bond.asked.amount:
        yield "less than what is asked for"
    if bond.given is not None and bond.returned is not None and bond.returned < bond.given:
        yield "less came back than was given"
    if given.valid_to is not None and given.valid_to < bond.must_last_to:
        yield "it ends before the bid validity; an amendment is needed"

"""The bid notice (投标通知单) that starts a bid, as a Word form filled from the record.

SJE/ZY/GK-02 art. 3.1: a bid starts with a written notice of the handler, signed by the handler and the leader.
"""

from collections.abc import Mapping

from flows.steps.fields import fields_of, plain_number
from flows.steps.tender import Lot, People, Tender
from templates import catalogue, fill
from templates.wording import date_cn, figures

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LANGUAGE = "zh-CN"
SIGNERS = (("投标经办人", "handler"), ("负责领导", "leader"))


def bid_notice(tender: Tender, names: Mapping[str, str], number: str) -> bytes:
    """Return the bid notice of a tender as a Word file.

    Args:
        tender: the record.
        names: person id → the name to print; an id that is missing is printed as it is.
        number: its number in the department's register of issued notices.
    """
    fields = fields_of(tender, tender.lots[0].id, LANGUAGE)
    form = {
        "number": number,
        "signatures": [
            {"role": title, "name": _name(getattr(tender.people, role), names), "mark": "", "at": ""}
            for title, role in SIGNERS
        ],
    }
    notice = {
        **fields,
        "form": form,
        "department": tender.department,
        "lots": [_lot(lot) for lot in tender.lots],
        "people": _people(tender.people, names),
        "deliverables": _deliverables(tender),
    }
    return fill.fill_bytes(catalogue.form("bid-notice"), notice)


def _lot(lot: Lot) -> dict[str, str]:
    goods = "；".join(f"{item.name} {plain_number(item.quantity)}{item.unit}" for item in lot.items)
    return {
        "id": lot.id,
        "name": lot.name,
        "goods": goods,
        "ceiling": figures(lot.ceiling, 2) if lot.ceiling is not None else "",
        "delivery_days": str(lot.delivery_days),
        "warranty_months": str(lot.warranty_months),
    }


def _people(people: People, names: Mapping[str, str]) -> dict[str, str]:
    single = {role: _name(getattr(people, role), names) for role in ("handler", "leader", "reviewer", "submitter")}
    several = {role: "、".join(_name(p, names) for p in getattr(people, role)) for role in ("technical", "pricing")}
    return {**single, **several}


def _deliverables(tender: Tender) -> list[dict[str, str]]:
    due = date_cn(tender.deadline.date())
    return [{"name": name, "due": due} for name in dict.fromkeys(entry.deliverable for entry in tender.inputs)]


def _name(person: str, names: Mapping[str, str]) -> str:
    return names.get(person) or person

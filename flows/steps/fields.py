"""The fields that templates see: a tender and its offer as nested text, ready to print in the set's language."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flows.steps.price import PriceOffer
from flows.steps.tender import Bond, Clause, Lot, Tender
from templates.wording import (
    amount_cn,
    amount_en,
    date_cn,
    date_en,
    figures,
    join_cn,
    join_en,
    percent,
    time_cn,
    time_en,
)

_WORDS: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "none": "无偏差", "positive": "正偏差", "negative": "负偏差", "": "",
        "transfer": "银行转账", "cheque": "支票", "guarantee": "银行保函", "insurance": "投标保证保险", "nothing": "无",
    },
    "en": {
        "none": "none", "positive": "positive", "negative": "negative", "": "",
        "transfer": "bank transfer", "cheque": "cheque", "guarantee": "bank guarantee", "insurance": "bond insurance",
        "nothing": "none",
    },
}  # fmt: skip


def fields_of(tender: Tender, lot_id: str, language: str, offer: PriceOffer | None = None) -> dict[str, object]:
    """Return what the templates of a set see of one lot; the set completes it by its defaults and the contents.

    Args:
        language: The set's language, `zh-CN` or `en`.
        offer: The price; without it no `price` field exists, so that a template asking for one is refused.
    """
    printer = _Printer(language)
    lot = tender.lot(lot_id)
    clauses = [_clause(clause, printer) for clause in lot.clauses]
    fields: dict[str, object] = {
        "project": {
            "name": tender.title, "number": tender.number, "buyer": tender.buyer.name,
            "buyer_address": tender.buyer.address, "agency": tender.agency.name if tender.agency else "",
        },
        "lot": _lot(lot, printer),
        "bidder": {name: printer.text(value) for name, value in tender.bidder},
        "signer": _signer(tender),
        "bond": _bond(bond, tender.money.currency, printer) if (bond := tender.bond_of(lot_id)) else {},
        "validity_days": str(tender.validity_days),
        "sign_date": printer.text(tender.sign_date),
        "issued": printer.text(tender.issued),
        "deadline": printer.time(tender.deadline),
        "items": [{n: printer.text(v) for n, v in item if n != "ceiling"} for item in lot.items],
        "clauses": clauses,
        "deviations": [row for row, clause in zip(clauses, lot.clauses, strict=True) if clause.deviation in _DEVIATING],
        "qualifications": printer.rows(tender.qualifications),
        "track_record": printer.rows(tender.track_record, money=("amount",)),
        "authorisations": [
            {**row, "models": printer.joined(a.models)}
            for row, a in zip(printer.rows(tender.authorisations), tender.authorisations, strict=True)
        ],
        "consortium": _members(tender, printer) if lot.consortium else [],
        "affiliates": printer.joined(tender.affiliates) or printer.word("nothing"),
        "extra": dict(tender.extra),
    }  # fmt: skip
    if offer is not None:
        fields["price"] = _price(offer, printer)
    return fields


_DEVIATING = ("positive", "negative")


class _Printer:
    """Values as text in one language."""

    def __init__(self, language: str) -> None:
        self.chinese = language.lower().startswith("zh")

    def word(self, key: str) -> str:
        return _WORDS["zh" if self.chinese else "en"][key]

    def joined(self, texts: Sequence[str]) -> str:
        return join_cn(texts) if self.chinese else join_en(texts)

    def money(self, amount: Decimal) -> str:
        return figures(amount)

    def money_words(self, amount: Decimal, currency: str) -> str:
        return amount_cn(amount) if self.chinese else amount_en(amount, currency)

    def text(self, value: object) -> str:
        if value is None:
            return ""
        if isinstance(value, date):
            return date_cn(value) if self.chinese else date_en(value)
        return plain_number(value) if isinstance(value, Decimal) else str(value)

    def time(self, moment: datetime) -> str:
        return time_cn(moment) if self.chinese else time_en(moment)

    def rows(self, values: Sequence[Any], money: Sequence[str] = ()) -> list[dict[str, str]]:
        return [{n: self.money(v) if n in money else self.text(v) for n, v in value} for value in values]


def plain_number(number: Decimal) -> str:
    """Return a quantity, share or rate without trailing zeros and without exponent."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _lot(lot: Lot, printer: _Printer) -> dict[str, object]:
    return {
        "id": lot.id, "name": lot.name, "ceiling": printer.money(lot.ceiling) if lot.ceiling is not None else "",
        "delivery_days": str(lot.delivery_days), "warranty_months": str(lot.warranty_months), "payment": lot.payment,
        "consortium": lot.consortium,
    }  # fmt: skip


def _members(tender: Tender, printer: _Printer) -> list[dict[str, object]]:
    members = zip(printer.rows(tender.consortium), tender.consortium, strict=True)
    return [{**row, "share": percent(member.share), "leader": member.leader} for row, member in members]


def _signer(tender: Tender) -> dict[str, object]:
    signer = tender.signer
    shown = ("name", "id_number", "title", "phone")
    return {**{n: getattr(signer, n) for n in shown}, "is_agent": signer.name != tender.bidder.legal_representative}


def _bond(bond: Bond, currency: str, printer: _Printer) -> dict[str, object]:
    return {
        "amount": printer.money(bond.amount), "amount_words": printer.money_words(bond.amount, currency),
        "form": printer.word(bond.form), "due": printer.text(bond.due), "payee": bond.payee,
        "valid_to": printer.text(bond.valid_to), "is_guarantee": bond.form == "guarantee",
    }  # fmt: skip


def _clause(clause: Clause, printer: _Printer) -> dict[str, str]:
    return {**{n: str(v) for n, v in clause}, "deviation": printer.word(clause.deviation)}


def _price(offer: PriceOffer, printer: _Printer) -> dict[str, object]:
    """`total` is the amount offered, on the tender's basis; `net` + `tax` = `gross`."""
    numbers = ("unit_price", "total")
    lines = [
        {n: printer.money(v) if n in numbers else printer.text(v) for n, v in vars(line).items()}
        for line in offer.lines
    ]
    return {
        "total": printer.money(offer.total), "total_words": printer.money_words(offer.total, offer.currency),
        "net": printer.money(offer.net), "tax": printer.money(offer.tax), "gross": printer.money(offer.gross),
        "tax_rate_percent": percent(offer.tax_rate).rstrip("%"), "currency": offer.currency, "lines": lines,
    }  # fmt: skip

"""The kinds of items that a company library keeps, and what each kind says beyond what every item does."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from pydantic import Field

from flows.steps.value import Amount, Text, Value


class Plain(Value):
    """Licences, certificates, texts and technical material say nothing more."""


class Person(Value):
    """A person whom bids name: the certificate they hold, and how they are printed."""

    certificate: str = ""
    id_number: str = ""
    title: str = ""
    phone: str = ""


class TrackRecord(Value):
    """A project done (业绩): the buyer, the contract's amount and date, who can be asked."""

    buyer: Text
    amount: Amount
    signed: date
    contact: str = ""


class Equipment(Value):
    """A machine or instrument that we own."""

    model: str = ""
    maker: str = ""
    quantity: str = ""
    unit: str = ""


class FinancialYear(Value):
    """The figures of one year as the auditor's report has them, ready to print."""

    year: Annotated[str, Field(pattern=r"^(19|20)\d\d$")]
    assets: str = ""
    liabilities: str = ""
    revenue: str = ""
    profit: str = ""


class Authorisation(Value):
    """A manufacturer's standing authorisation (制造商授权书); models parted by commas."""

    manufacturer: Text
    models: str = ""


KINDS: Mapping[str, type[Value]] = {
    "licence": Plain,
    "certificate": Plain,
    "person": Person,
    "track-record": TrackRecord,
    "equipment": Equipment,
    "financial-year": FinancialYear,
    "authorisation": Authorisation,
    "text": Plain,
    "material": Plain,
}
TITLES: Mapping[str, str] = {
    "licence": "Licence",
    "certificate": "Certificate",
    "person": "Person",
    "track-record": "Track record",
    "equipment": "Equipment",
    "financial-year": "Financial year",
    "authorisation": "Authorisation",
    "text": "Standard text",
    "material": "Technical material",
}
"""How the kinds are called on the screen: English message ids."""
KIND_NAMES: Mapping[str, tuple[str, ...]] = {
    "licence": ("营业执照", "执照", "许可证"),
    "certificate": ("证书", "资质", "资质证书"),
    "person": ("人员",),
    "track-record": ("业绩",),
    "equipment": ("设备", "装备"),
    "financial-year": ("财务年度", "财务"),
    "authorisation": ("授权", "制造商授权"),
    "text": ("标准文本", "文本"),
    "material": ("技术资料", "资料"),
}
"""How the kinds are called in a workbook."""


def field_names() -> tuple[str, ...]:
    """Return every field that some kind has, once each."""
    return tuple(dict.fromkeys(name for model in KINDS.values() for name in model.model_fields))

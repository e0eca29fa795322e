"""What records are made of: frozen values and the checked types of their fields, each with what it expects."""

import re
from decimal import Decimal
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from flows.steps.credit_code import credit_code_fault


def _credit_code(text: str) -> str:
    fault = credit_code_fault(text)
    if fault:
        raise ValueError(fault)
    return text


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("a time zone name such as Asia/Shanghai") from error
    return text


def _finite(number: Decimal) -> Decimal:
    if not number.is_finite():
        raise ValueError("a finite number")
    return number


def _inside(text: str) -> str:
    if text.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", text) or ":" in text:
        raise ValueError("a path inside the tender folder")
    return text


def _tender_id(text: str) -> str:
    if text == "house" or text.startswith("n-"):
        raise ValueError("an id that is kept neither for notices (n-…) nor for the company (house)")
    return text


Zone = Annotated[str, AfterValidator(_zone)]
CreditCode = Annotated[str, AfterValidator(_credit_code)]
TenderId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{2,39}$"), AfterValidator(_tender_id)]
Finite = Annotated[Decimal, AfterValidator(_finite)]
Amount = Annotated[Finite, Field(ge=0)]
Positive = Annotated[Finite, Field(gt=0)]
Text = Annotated[str, Field(min_length=1)]
FileName = Annotated[str, Field(min_length=1), AfterValidator(_inside)]
PersonId = Annotated[str, Field(pattern=r"^[a-z0-9-]+\.[a-z0-9-]+$")]
Reference = Annotated[str | None, Field(pattern=r"^[a-z0-9-]+/[A-Za-z0-9._-]+@\d+$")]
"""The item of a company library that an entry was taken from: department, id and version."""
LotId = Annotated[str, Field(pattern=r"^[A-Za-z0-9]{1,8}$")]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]


class Value(BaseModel):
    """A frozen value whose unknown keys are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

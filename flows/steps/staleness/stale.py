"""One thing that an addendum made stale, and the two sides that are held against each other to find it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from flows.steps.tender import Tender
from templates.catalogue import TemplateSet

Kind = Literal["clause", "document", "price", "guarantee", "certificate", "screening", "decision"]


@dataclass(frozen=True)
class Stale:
    """One thing that no longer stands: its kind, lot (`-`: the whole tender), name, and why (an English message id)."""

    kind: Kind
    lot: str
    name: str
    reason: str


@dataclass(frozen=True)
class Side:
    """The tender before or after the addendum.

    The record, whose lots hold their clauses; its template set; the set of the technical agreement.
    """

    tender: Tender
    templates: TemplateSet
    agreement: TemplateSet


@dataclass(frozen=True)
class Standing:
    """What there is to become stale: names of sealed objects, and (decision, lot) of every decision that stands."""

    objects: Collection[str]
    decisions: Collection[tuple[str, str]]
    lots: Sequence[str]

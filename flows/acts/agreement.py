"""The technical agreement (技术协议) of a lot, written from the record and the clause matrix (art. 3.3)."""

from pathlib import Path
from typing import Any

from flows.acts.named import require_lot, require_named
from flows.acts.sealing import Brought, seal
from flows.case import Case
from flows.errors import TenderError
from flows.steps.deliverables import AGREEMENT, AGREEMENT_FILE
from flows.steps.fields import fields_of
from flows.steps.mistake import InvalidSheet, Mistake
from flows.steps.notice import DOCX
from flows.steps.raw_values import read_yaml
from flows.steps.write_volumes import write_volume
from templates import catalogue

SET = "technical-agreement"
_PROMISES = ("trial_days", "remedy_days")


class NotAnswered(TenderError):
    """A clause of the matrix that the agreement would have to promise has no answer yet."""


class NotPromised(TenderError):
    """A field that the agreement promises is not said anywhere."""


def write_agreement(case: Case, lot: str, extra: dict[str, Any]) -> tuple[Brought, bytes]:
    """Write the agreement and seal it as the department's deliverable; return what was sealed, and the Word file.

    Args:
        extra: the agreement's own fields (trial_days, remedy_days, standards, …), laid over the record's.

    Raises:
        NotNamed: the person is neither technical nor the handler.
        NotAnswered: clauses without an answer, by number.
        NotPromised: `trial_days` or `remedy_days` is not said anywhere.
    """
    require_named(case, "technical", "handler")
    require_lot(case, lot)
    record = case.with_clauses(lot)
    open_clauses = [c.clause for c in record.lot(lot).clauses if not (c.response or c.offered)]
    if open_clauses:
        raise NotAnswered(
            "Technical agreement of {tender}, lot {lot}: clauses {clauses} have no answer, expected one of each "
            "(SJE/ZY/GK-02 art. 3.3); next: tender clauses out {tender}",
            tender=case.tender,
            lot=lot,
            clauses=", ".join(open_clauses),
        )
    if silent := [name for name in _PROMISES if name not in {**record.extra, **extra}]:
        raise NotPromised(
            "Technical agreement of {tender}, lot {lot}: {fields} not given, expected what the agreement promises "
            "(SJE/ZY/GK-02 art. 3.3); next: a YAML file with them, by the technical department: --fields FILE",
            tender=case.tender,
            lot=lot,
            fields=", ".join(silent),
        )
    template_set = catalogue.load(SET)
    fields = fields_of(record, lot, template_set.language)
    fields = template_set.complete({**fields, "extra": {**record.extra, **extra}})
    (volume,) = template_set.volumes
    written = write_volume(volume, fields, (), record.bidder.name)
    return seal(case, "technical", f"input/{lot}/{AGREEMENT}/{AGREEMENT_FILE}", written.docx, DOCX), written.docx


def read_extra(path: Path) -> dict[str, Any]:
    """Return the agreement's own fields from a YAML file; InvalidSheet with every mistake."""
    raw = read_yaml(path.read_text("utf-8-sig"), path.name)
    if raw.mistakes or not isinstance(raw.data, dict):
        raise InvalidSheet(
            path.name, raw.mistakes or [Mistake(path.name, raw.place(()), "another value", "a group of keys")]
        )
    return raw.data

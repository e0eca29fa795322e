"""The approval of waivers (豁免审批单): which rejection rules a reviewer waived for a lot, why, over which reports."""

from collections.abc import Sequence

from flows.steps.procedure import Manifested, Signed
from flows.steps.tender import Tender
from templates import catalogue, fill
from templates.wording import date_cn


def word(record: Tender, lot: str, signed: Sequence[Signed], reports: Sequence[Manifested]) -> bytes:
    """Return the form as a Word file.

    Args:
        signed: the lot's verified waivers over these reports; the rule stands before the reason.
        reports: the newest check reports.
    """
    zone = record.deadline.tzinfo
    rows, signatures = [], []
    for each in signed:
        rule, _, reason = each.reason.partition(": ")
        at = each.at.astimezone(zone)
        told = f"{date_cn(at.date())} {at:%H:%M}"
        rows.append({"rule": rule, "reason": reason, "person": each.person, "at": told})
        signatures.append({"role": "审核人", "name": each.person, "mark": "电子签名（SSHSIG）", "at": told})
    fields = {
        "form": {"number": record.number, "signatures": signatures},
        "project": {"name": record.title, "number": record.number},
        "lot": {"id": lot, "name": record.lot(lot).name},
        "people": {"reviewer": record.people.reviewer, "handler": record.people.handler},
        "waivers": rows,
        "reports": [{"name": f"{r.name} 第{r.version}版", "digest": r.digest[:16]} for r in reports],
    }
    return fill.fill_bytes(catalogue.form("waiver"), fields)

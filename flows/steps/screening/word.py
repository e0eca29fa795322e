"""The screening form as the company's Word form (投标评审表), filled from the sealed form, opinions and decision."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from flows.steps.fields import fields_of, plain_number
from flows.steps.procedure import Signed
from flows.steps.screening.form import LEAD_TIME, KnockOut, ScreeningForm
from flows.steps.tender import Tender
from templates import catalogue, fill
from templates.wording import time_cn

_FUNCTIONS = {
    "marketing": "营销", "technical": "技术", "production": "生产", "finance": "财务", "legal": "法务",
}  # fmt: skip
_GRADES = {"low": "低", "medium": "中", "high": "高"}
_VERDICTS = {"bid": "投标", "no-bid": "不投标"}
_AUTOMATIC = {LEAD_TIME: "编制时间（天）", "customer credit": "客户信用", "contract-term risk": "合同条款风险"}


def word_form(
    tender: Tender, form: ScreeningForm, opinions: Sequence[Signed], decision: Signed | None, names: Mapping[str, str]
) -> bytes:
    """Return the filled Word form of one lot.

    Args:
        tender: the record.
        opinions: the signed opinions over this form.
        decision: the leader's, when it is taken.
        names: person id → the name to print; an id that is missing is printed as it is.
    """
    fields = fields_of(tender, form.lot, "zh-CN")
    leader = tender.people.leader
    signature = {
        "role": "负责领导",
        "name": names.get(leader) or leader,
        "mark": "电子签名（SSHSIG）" if decision else "",
        "at": time_cn(decision.at.astimezone(tender.deadline.tzinfo)) if decision else "",
    }
    screening = {
        "customer_credit": _graded(form.customer_credit),
        "contract_risk": _graded(form.contract_risk),
        "total": "" if form.total is None else plain_number(form.total),
        "threshold": plain_number(form.threshold),
        "knockouts": [_question(question) for question in form.knock_outs],
        "criteria": [
            {
                "name": c.name,
                "weight": plain_number(c.weight),
                "score": plain_number(c.score),
                "weighted": plain_number(c.weight * c.score / Decimal(100)),
                "remark": c.remark,
            }
            for c in form.criteria
        ],
        "opinions": [_opinion(said, tender, names) for said in opinions],
        "decision": _VERDICTS[decision.verdict] if decision else "",
        "decided": signature["at"],
        "reason": decision.reason if decision else "",
    }
    filled = {**fields, "screening": screening, "form": {"number": tender.number, "signatures": [signature]}}
    return fill.fill_bytes(catalogue.form("screening"), filled)


def _graded(graded: object) -> str:
    if graded is None:
        return ""
    grade, remark = graded.grade, graded.remark  # type: ignore[attr-defined]
    return f"{_GRADES.get(grade, grade)}（{remark}）" if remark else _GRADES.get(grade, grade)


def _question(question: KnockOut) -> dict[str, str]:
    found, expected = (_graded_words(text) for text in (question.found, question.expected))
    remark = f"{found}（要求：{expected}）" if expected else found
    return {
        "name": _AUTOMATIC.get(question.name, question.name),
        "answer": "是" if question.holds else "否",
        "remark": remark,
    }


def _graded_words(text: str) -> str:
    return "、".join(_GRADES.get(word, word) for word in text.split(", "))


def _opinion(said: Signed, tender: Tender, names: Mapping[str, str]) -> dict[str, str]:
    functions = [_FUNCTIONS[function] for function, person in tender.people.panel.items() if person == said.named]
    return {
        "department": "、".join(functions),
        "person": names.get(said.person) or said.person,
        "verdict": _VERDICTS[said.verdict],
        "reason": said.reason,
        "at": time_cn(said.at.astimezone(tender.deadline.tzinfo)),
    }

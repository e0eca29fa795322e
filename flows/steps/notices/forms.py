"""The Word forms of a notice: the support notice (技术支持通知单) and the feedback (技术支持反馈单)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

from flows.steps.notices.notice import Line, Notice
from flows.steps.notices.standing import Act, Standing
from templates import catalogue, fill

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
KINDS = {"support": "技术支持", "bid": "投标", "after-sales": "售后服务", "complaint": "投诉"}
DIRECTIONS = {"in": "收到", "out": "发出"}
ELECTRONIC, ON_PAPER = "电子签名（SSHSIG）", "纸质签名，见证人：{witnesses}"
AUTHOR, LEADER, HANDLER, RECEIVER, ANSWERER = "了解客户信息人员", "负责领导", "承办人", "接收人", "技术承办人"


@dataclass(frozen=True)
class Paper:
    """What a form prints beside the notice: its number and direction, printed names by id, attachments, signatures."""

    number: str
    direction: str
    names: Mapping[str, str]
    files: Mapping[str, str]
    signatures: Sequence[Mapping[str, str]]

    def name(self, id: str | None) -> str:
        """Return the printed name of a person or department; an id without one is printed as it is."""
        return (self.names.get(id) or id) if id else ""


def support_notice(standing: Standing, paper: Paper) -> bytes:
    """Return the support notice as a Word file, as far as it has come."""
    notice, done = standing.notice, standing.done
    fields = {
        "number": paper.number,
        "direction": DIRECTIONS[paper.direction],
        "kind": KINDS[notice.kind],
        **{name: paper.name(getattr(notice, name)) for name in ("department", "undertaker", "assignee")},
        **{name: getattr(notice, name) for name in ("customer", "source", "project")},
        "received": time_text(notice, notice.received),
        "due": time_text(notice, notice.due),
        "lines": [_line(line) for line in notice.lines],
        "attachments": [{"name": name, "digest": digest} for name, digest in paper.files.items()],
        "author": paper.name(notice.author),
        "result": standing.result,
        "completed": time_text(notice, standing.completed),
        "feedback": time_text(notice, done.get(Act.FEEDBACK)),
        "acknowledged_by": paper.name(notice.author) if Act.ACKNOWLEDGE in done else "",
        "acknowledged": time_text(notice, done.get(Act.ACKNOWLEDGE)),
    }
    return _fill("support-notice", fields, paper)


def feedback(standing: Standing, paper: Paper, notice_number: str, answers: Sequence[str], files: str) -> bytes:
    """Return the feedback to the author of a notice as a Word file (art. 2.4).

    Args:
        paper: of the feedback.
        notice_number: the number of the notice that it answers.
        answers: one per requirement, or none.
        files: names of the attachments.
    """
    notice = standing.notice
    fields = {
        "number": notice_number,
        "author": paper.name(notice.author),
        "undertaker": paper.name(notice.undertaker),
        "customer": notice.customer,
        "project": notice.project,
        "due": time_text(notice, notice.due),
        "completed": time_text(notice, standing.completed),
    }
    lines = [
        {"requirement": line.words, "answer": answer}
        for line, answer in zip(notice.lines, answers or ["见结果"] * len(notice.lines), strict=True)
    ]
    told = {
        "lines": lines,
        "result": standing.result,
        "attachments": files,
        "delivered": time_text(notice, standing.done.get(Act.FEEDBACK)),
        "acknowledged": time_text(notice, standing.done.get(Act.ACKNOWLEDGE)),
    }
    return _fill("feedback", fields, paper, feedback=told)


def signature(title: str, name: str, at: str = "", witnesses: Sequence[str] = ()) -> dict[str, str]:
    """Return one row of the signatures; without a time the place for it stays empty."""
    mark = ON_PAPER.format(witnesses="、".join(witnesses)) if witnesses else ELECTRONIC
    return {"role": title, "name": name, "mark": mark if at else "", "at": at}


def time_text(notice: Notice, moment: datetime | None) -> str:
    """Return a moment as the forms print it, in the notice's zone: `2026年11月2日 10:20`."""
    if moment is None:
        return ""
    local = moment.astimezone(notice.due.tzinfo)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"


def _line(line: Line) -> dict[str, str]:
    shown = {name: getattr(line, name) for name in ("mark", "parameter", "value", "unit")}
    relation = {"text": "", "range": "介于"}.get(line.relation, line.relation)
    said = line.text or line.parameter
    attached = f"（附件：{PurePosixPath(line.attachment).name}）" if line.attachment else ""
    return {**shown, "relation": relation, "text": said + attached}


def _fill(form: str, notice: Mapping[str, object], paper: Paper, **more: object) -> bytes:
    fields = {"form": {"number": paper.number, "signatures": list(paper.signatures)}, "notice": notice, **more}
    return fill.fill_bytes(catalogue.form(form), fields)

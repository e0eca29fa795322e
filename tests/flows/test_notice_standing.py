"""How far a notice is, from its events alone: order, on time, overdue, reminders."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.steps.calendar import load
from flows.steps.notices.notice import Notice, NoticeRefused
from flows.steps.notices.standing import DONE, Act, Happened, Stage, Standing, derive, require
from flows.steps.notices.timing import reminder

CHINA = load()
ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 11, 2, 9, 0, tzinfo=ZONE)
DAY = timedelta(days=1)
EVENTS = {act: event for event, act in DONE.items()}
NOTICE = Notice.model_validate(
    {
        "department": "marketing-1", "customer": "示例医院", "source": "电话", "received": START.isoformat(),
        "due": "2026-11-20", "author": "zhao.min", "leader": "qian.wei", "handler": "wang.jun",
        "undertaker": "technical", "lines": [{"text": "提供方案"}],
    }
)  # fmt: skip
OWN = NOTICE.model_copy(update={"undertaker": "marketing-1"})


def after(acts: Sequence[Act], notice: Notice = NOTICE, *, cancelled: str = "", days: int = 1) -> Standing:
    """Return the standing after some acts, one every `days` days."""
    at = {act: START + DAY * days * (n + 1) for n, act in enumerate(acts)}
    signed = {act: at[act] for act in (Act.SIGN, Act.DISPATCH, Act.ACKNOWLEDGE) if act in at}
    events = [
        Happened(EVENTS[act], at[act], "person:li.na", {"result": "met"} if act is Act.ANSWER else {})
        for act in acts
        if act in EVENTS
    ]
    if cancelled:
        events.append(Happened("notice.cancelled", START + 9 * DAY, "person:qian.wei", {"reason": cancelled}))
    return derive("n-1", notice, ("li.na",), events, signed)


def test_article_2_the_acts_follow_each_other_as_the_rule_says() -> None:
    stages = [after(tuple(Act)[:n]).stage for n in range(len(Act) + 1)]
    assert stages == list(Stage)[: len(Act) + 1]


@given(st.permutations(list(Act)))
def test_article_2_any_other_order_of_acts_is_refused(order: list[Act]) -> None:
    done: list[Act] = []
    for act in order:
        right = [*Act][: len(done) + 1] == [*done, act]
        if act is Act.ANSWER and done == [Act.SIGN, Act.DISPATCH]:
            require(after(done), act)  # whoever answers has received
            return
        if right:
            require(after(done), act)
            done.append(act)
            continue
        with pytest.raises(NoticeRefused, match=r"\(SJE/ZY/GK-02 art\. 2\.\d\), expected"):
            require(after(done), act)
        return


def test_article_2_2_out_of_order_is_refused_with_what_is_missing_and_who_can_do_it() -> None:
    with pytest.raises(
        NoticeRefused, match=r"dispatch out of order, sign is missing .*art\. 2\.2\).*from handler: zhao\.min"
    ):
        require(after(()), Act.DISPATCH)
    with pytest.raises(
        NoticeRefused, match=r"answer out of order, dispatch is missing .*art\. 2\.3\).*handler: wang\.jun"
    ):
        require(after((Act.SIGN,)), Act.ANSWER)


def test_article_2_3_sent_without_the_handlers_signature_is_not_sent() -> None:
    events = [Happened("notice.dispatched", START + DAY, "person:li.na", {})]
    standing = derive("n-1", NOTICE, ("li.na",), events, {Act.SIGN: START})
    assert standing.stage is Stage.DISPATCHING


def test_article_2_5_on_time_is_derived_from_the_answer_and_the_due_date() -> None:
    early = after((Act.SIGN, Act.DISPATCH, Act.RECEIVE, Act.ANSWER))
    late = after((Act.SIGN, Act.DISPATCH, Act.RECEIVE, Act.ANSWER), days=6)
    now = START + 60 * DAY
    assert (early.on_time(now), late.on_time(now)) == (True, False)
    assert (after(()).on_time(START), after(()).on_time(now)) == (None, False)
    assert after((), cancelled="withdrawn").on_time(now) is None


def test_article_2_5_a_cancelled_notice_takes_no_act_and_a_done_act_is_not_done_again() -> None:
    with pytest.raises(NoticeRefused, match="cancelled, expected an open one"):
        require(after((), cancelled="withdrawn"), Act.SIGN)
    with pytest.raises(NoticeRefused, match="sign was done at 2026-11-03"):
        require(after((Act.SIGN,)), Act.SIGN)


def test_an_answer_may_be_corrected_until_it_was_fed_back() -> None:
    answered = list(Act)[: list(Act).index(Act.ANSWER) + 1]
    require(after(answered), Act.ANSWER)
    with pytest.raises(NoticeRefused, match="answer was done"):
        require(after([*answered, Act.FEEDBACK]), Act.ANSWER)


def test_the_own_department_neither_dispatches_nor_receives() -> None:
    assert after((Act.SIGN,), OWN).next is Act.ANSWER
    assert after((Act.SIGN,), OWN).waits_for == ("handler: wang.jun",)


@pytest.mark.parametrize(
    ("now", "level", "to"),
    [
        ("2026-11-16T09:00", None, None),
        ("2026-11-17T09:00", "due-in-3", ("li.na",)),
        ("2026-11-19T09:00", "due-in-1", ("li.na",)),
        ("2026-11-20T23:00", "due-in-1", ("li.na",)),
        ("2026-11-21T00:00", "overdue", ("li.na", "wang.jun", "qian.wei")),
        ("2026-11-24T18:00", "overdue", ("li.na", "wang.jun", "qian.wei")),
        ("2026-11-25T08:00", "overdue-3", ("li.na", "wang.jun", "qian.wei")),
    ],
)
def test_article_2_3_reminders_count_working_days_and_escalate(now: str, level: str | None, to: tuple[str, ...] | None):
    standing = after((Act.SIGN, Act.DISPATCH, Act.RECEIVE))
    found = reminder(standing, datetime.fromisoformat(now).replace(tzinfo=ZONE), CHINA)
    assert (found and found.level, found and found.to) == (level, to)


def test_article_2_5_an_answer_that_nobody_takes_further_is_brought_up() -> None:
    standing = after((Act.SIGN, Act.DISPATCH, Act.RECEIVE, Act.ANSWER))
    completed = standing.completed
    assert completed is not None
    assert reminder(standing, completed + DAY, CHINA) is None
    found = reminder(standing, completed + 8 * DAY, CHINA)
    assert found is not None
    assert (found.level, found.to) == ("unclosed", ("li.na", "wang.jun", "qian.wei"))
    assert reminder(after(tuple(Act)), completed + 80 * DAY, CHINA) is None

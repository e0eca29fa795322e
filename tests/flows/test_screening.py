"""Screening of a lot (SJE/ZY/GK-02 art. 3.2): form, weights, opinions by amount, advice, override, calibration."""

import re
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import docx
import openpyxl
import pytest

from flows.steps.mistake import InvalidSheet, InvalidTender
from flows.steps.procedure import GATES, Facts, Manifested, Signed, State, judge
from flows.steps.read_tender import read
from flows.steps.screening import PanelTooSmall, ScreeningForm, form, is_short, opinions_needed, require_panel
from flows.steps.screening.calibration import Screened, calibrate
from flows.steps.screening.sheet import blank, read_answers
from flows.steps.screening.word import word_form
from flows.steps.tender import Tender
from flows.steps.validate_folder import validate_folder
from tests.flows.conftest import EXAMPLE

NOW = datetime(2027, 2, 10, 9, 0, tzinfo=UTC)
PANEL = {"technical": "tang.hao", "finance": "he.xin", "legal": "lu.ning"}


def with_ceiling(ceiling: str | None, panel: dict[str, str] | None = None, **changes: object) -> Tender:
    tender = read(EXAMPLE)
    lots = tuple(
        lot.model_copy(update={"ceiling": None if ceiling is None else Decimal(ceiling)}) for lot in tender.lots
    )
    people = tender.people.model_copy(update={"panel": panel or {}})
    return tender.model_copy(update={"lots": lots, "people": people, **changes})


LARGE = with_ceiling("8000000", PANEL)


def filled(
    tender: Tender, *, credit: str = "A", risk: str = "low", scores: tuple[object, ...] = (80, 70, 60, 50)
) -> bytes:
    book = openpyxl.load_workbook(BytesIO(blank(tender, "1", NOW)))
    book["screening"]["B2"], book["screening"]["B3"] = credit, risk
    for row, score in enumerate(scores, 2):
        book["criteria"][f"C{row}"] = score
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def form_of(tender: Tender, content: bytes) -> ScreeningForm:
    return form(tender, "1", NOW, read_answers(content, "screening.xlsx", tender, "1"))


@pytest.mark.parametrize(
    ("ceiling", "repeat", "opinions"),
    [
        ("2250000", "", 0),
        ("3000000", "", 0),
        ("3000000.01", "", 3),
        ("10000000", "", 3),
        ("10000000", "CSXY-2023-004", 0),
        ("10000000.01", "CSXY-2023-004", 5),
        (None, "", 5),
    ],
)
def test_art_3_2_how_many_opinions_a_lot_needs_follows_from_its_amount(
    ceiling: str | None, repeat: str, opinions: int
) -> None:
    tender = with_ceiling(ceiling, repeat_of=repeat)
    assert (opinions_needed(tender, "1"), is_short(tender, "1")) == (opinions, opinions == 0)


def test_art_3_2_a_re_tender_counts_as_a_repeat_and_an_estimate_as_an_amount() -> None:
    limits = read(EXAMPLE).limits.model_copy(update={"estimate": Decimal("8000000")})
    assert opinions_needed(with_ceiling(None, limits=limits), "1") == 3
    assert opinions_needed(with_ceiling("8000000", predecessor="agv-2023"), "1") == 0


def test_art_3_2_a_ceiling_in_another_currency_counts_as_the_largest_amount() -> None:
    tender = read(EXAMPLE)
    foreign = tender.model_copy(update={"money": tender.money.model_copy(update={"currency": "USD"})})
    assert opinions_needed(foreign, "1") == 5


def test_art_3_2_a_tender_whose_panel_is_too_small_is_refused_with_how_many_are_needed() -> None:
    with pytest.raises(PanelTooSmall, match=r"lot 1: 2 people named in people\.panel, expected at least 3"):
        require_panel(with_ceiling("8000000", {"technical": "tang.hao", "finance": "he.xin", "legal": "he.xin"}))
    require_panel(LARGE)


def test_a_tender_folder_whose_panel_is_too_small_is_not_valid(tmp_path: Path) -> None:
    folder = shutil.copytree(EXAMPLE, tmp_path / "example")
    text = (folder / "tender.yaml").read_text("utf-8").replace('ceiling: "2250000.00"', 'ceiling: "8000000.00"')
    (folder / "tender.yaml").write_text(text, "utf-8")
    with pytest.raises(InvalidTender) as refused:
        validate_folder(folder)
    assert [(m.place, m.found) for m in refused.value.mistakes] == [("people.panel", "0 people, lot 1 needs 3")]
    panel = "  clerk: feng.xue\n  panel: {technical: tang.hao, finance: he.xin, legal: lu.ning}\n"
    (folder / "tender.yaml").write_text(text.replace("  clerk: feng.xue\n", panel), "utf-8")
    assert len(validate_folder(folder).people.panel) == 3
    (folder / "tender.yaml").write_text(
        text.replace("  clerk: feng.xue\n", panel.replace("he.xin", "qian.wei")), "utf-8"
    )
    with pytest.raises(InvalidTender) as two_roles:
        validate_folder(folder)
    assert [m.expected for m in two_roles.value.mistakes] == ["another person than the handler and the leader"]


def test_art_3_2_the_weighted_score_is_exact() -> None:
    screening = form_of(LARGE, filled(LARGE))
    assert screening.total == Decimal("68.00")
    assert (screening.advice, screening.failed) == ("bid", ())


@pytest.mark.parametrize(
    ("changes", "advice", "failed"),
    [
        ({"scores": (59, 60, 60, 61)}, "no-bid", ()),
        ({"scores": (60, 60, 60, 60)}, "bid", ()),
        ({"credit": "D"}, "no-bid", ("customer credit",)),
        ({"risk": "high"}, "no-bid", ("contract-term risk",)),
    ],
)
def test_art_3_2_threshold_credit_and_contract_risk_decide_what_the_form_says(
    changes: dict[str, object], advice: str, failed: tuple[str, ...]
) -> None:
    screening = form_of(LARGE, filled(LARGE, **changes))  # type: ignore[arg-type]
    assert (screening.advice, screening.failed) == (advice, failed)


def test_art_3_2_the_record_answers_its_knock_outs_and_people_add_their_own() -> None:
    book = openpyxl.load_workbook(BytesIO(filled(LARGE)))
    book["knock-outs"]["D2"] = "否"  # the record's own answer is not the form's to change
    book["knock-outs"].append(["产能足够", "满负荷", "有空档", "否", ""])
    out = BytesIO()
    book.save(out)
    late = form(LARGE, "1", datetime(2027, 3, 10, tzinfo=UTC), read_answers(out.getvalue(), "s.xlsx", LARGE, "1"))
    assert form_of(LARGE, out.getvalue()).failed == ("产能足够",)
    assert late.failed == ("lead time in days", "产能足够")


def test_weights_that_do_not_sum_to_exactly_100_are_refused_by_cell() -> None:
    book = openpyxl.load_workbook(BytesIO(filled(LARGE)))
    book["criteria"]["B5"] = "20.01"
    out = BytesIO()
    book.save(out)
    with pytest.raises(InvalidSheet) as refused:
        read_answers(out.getvalue(), "screening.xlsx", LARGE, "1")
    (mistake,) = refused.value.mistakes
    assert (mistake.place, mistake.found, mistake.expected) == ("criteria!B5", "100.01", "weights that sum to 100")


def test_every_wrong_cell_of_a_form_is_named_at_once() -> None:
    content = filled(LARGE, credit="E", risk="", scores=(101, "good", "", 50))
    with pytest.raises(InvalidSheet) as refused:
        read_answers(content, "screening.xlsx", LARGE, "1")
    assert {m.place for m in refused.value.mistakes} == {"screening!B2", "criteria!C2", "criteria!C3", "criteria!C4"}


def test_a_full_form_without_criteria_or_grades_is_refused_and_a_short_one_is_not() -> None:
    small = with_ceiling("2250000")
    with pytest.raises(InvalidSheet) as refused:
        read_answers(b"knock_outs: []", "screening.yaml", LARGE, "1")
    short = form(small, "1", NOW, read_answers(b"customer_credit: {grade: B}", "screening.yaml", small, "1"))
    assert len(refused.value.mistakes) == 3
    assert (short.form, short.total, short.advice) == ("short", None, "bid")


@pytest.mark.parametrize(
    ("content", "file"),
    [(b"no workbook", "form.xlsx"), (b"\xff\xfe", "form.yaml"), (b"- a list", "form.yaml"), (b"a: b: c", "form.yaml")],
)
def test_a_file_that_is_no_form_is_named(content: bytes, file: str) -> None:
    with pytest.raises(InvalidSheet, match=f"{re.escape(file)}: found . mistakes, first at"):
        read_answers(content, file, LARGE, "1")


def test_a_form_comes_back_from_json_as_it_went() -> None:
    screening = form_of(LARGE, filled(LARGE))
    assert ScreeningForm.from_json(screening.to_json()) == screening


FORM = Manifested("screening/1", 1, "b" * 64)
PEOPLE = {"handler": ("zhao.min",), "leader": ("qian.wei",), "panel": ("tang.hao", "he.xin", "lu.ning", "qian.wei")}


def signed(kind: str, verdict: str, person: str, role: str, reason: str = "", digest: str = "b" * 64) -> Signed:
    return Signed(kind, "1", verdict, person, role, frozenset([digest]), NOW, reason)


def opinion(person: str, verdict: str = "bid", digest: str = "b" * 64) -> Signed:
    return signed("screening-opinion", verdict, person, "panel", digest=digest)


def stand(*decisions: Signed, needed: int = 3, advice: str = "bid") -> tuple[State, tuple[str, ...]]:
    facts = Facts([FORM], list(decisions), PEOPLE, opinions={"1": needed}, advice={FORM.digest: advice})
    verdict = judge(GATES["screening"], "1", facts)
    return verdict.state, verdict.missing


GO = signed("screening", "bid", "qian.wei", "leader")


def test_art_3_2_a_decision_to_bid_waits_for_the_signed_opinions_of_different_people() -> None:
    two = [opinion("tang.hao"), opinion("he.xin", "no-bid"), opinion("he.xin")]
    assert stand(*two, GO) == (State.WAITING, ("panel: lu.ning", "panel: qian.wei"))
    assert stand(*two, opinion("lu.ning", "no-bid"), GO) == (State.PASSED, ())


def test_art_3_2_the_leader_gives_no_opinion_on_the_own_decision_and_nobody_from_outside_the_panel_does() -> None:
    state, missing = stand(opinion("tang.hao"), opinion("he.xin"), opinion("qian.wei"), opinion("li.na"), GO)
    assert state is State.WAITING
    assert "panel: lu.ning" in missing


def test_art_3_2_an_opinion_over_an_earlier_form_does_not_count() -> None:
    state, _ = stand(opinion("tang.hao", digest="a" * 64), opinion("he.xin"), opinion("lu.ning"), GO)
    assert state is State.WAITING


def test_art_3_2_a_bid_against_the_form_needs_its_reason() -> None:
    reasoned = replace(GO, reason="strategic customer, agreed at the managers' meeting")
    assert stand(GO, needed=0, advice="no-bid") == (State.WAITING, ("leader: reason of the override",))
    assert stand(reasoned, needed=0, advice="no-bid") == (State.PASSED, ())


def test_art_3_2_a_no_bid_ends_it_with_its_reason() -> None:
    facts = Facts([FORM], [signed("screening", "no-bid", "qian.wei", "leader", "credit")], PEOPLE, opinions={"1": 3})
    verdict = judge(GATES["screening"], "1", facts)
    assert (verdict.state, verdict.reason) == (State.REJECTED, "credit")


def test_art_3_2_the_word_form_shows_score_opinions_and_decision() -> None:
    screening = form_of(LARGE, filled(LARGE))
    content = word_form(LARGE, screening, [opinion("he.xin")], replace(GO, reason="同意"), {"he.xin": "何示欣"})
    text = "\n".join(
        cell.text for table in docx.Document(BytesIO(content)).tables for row in table.rows for cell in row.cells
    )
    for shown in ("68", "通过线：60", "技术符合程度", "何示欣", "财务", "投标", "同意"):
        assert shown in text


def test_screenings_are_held_against_outcomes_with_their_counts() -> None:
    def one(score: str | None, decision: str, outcome: str, advice: str = "bid") -> Screened:
        return Screened("t", "1", None if score is None else Decimal(score), advice, decision, outcome)

    held = calibrate(
        [
            one("85", "bid", "won"),
            one("65", "bid", "lost"),
            one("65", "bid", "won"),
            one("50", "bid", "lost", "no-bid"),
            one("30", "no-bid", "", "no-bid"),
            one(None, "bid", "won"),
            one("100", "", ""),
        ]
    )
    bands = {row["label"]: row for row in held["bands"]}
    assert (held["screened"], held["overridden"], held["decided"]) == (7, 1, {"bid": 5, "no-bid": 1, "open": 1})
    assert (bands["60–80"]["won"], bands["60–80"]["lost"], bands["60–80"]["win_rate"]) == (1, 1, "0.50")
    assert bands["80–100"]["screened"] == 2
    assert bands["short form"]["win_rate"] == "1.00"
    assert (held["ordered"], held["pairs"]) == ("0.88", 4)  # 85>65, 85>50, 65=65, 65>50


def test_without_outcomes_nothing_is_claimed() -> None:
    held = calibrate([Screened("t", "1", Decimal(70), "bid", "bid")])
    assert (held["ordered"], held["pairs"], held["bands"][2]["win_rate"]) == (None, 0, None)


def test_the_rule_in_force_when_the_tender_was_issued_judges_it() -> None:
    assert form(LARGE.model_copy(update={"issued": date(2025, 1, 1)}), "1", NOW).rule == "2024-01"

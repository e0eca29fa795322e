"""Article 2: items of the company library as values: validity, search, references, similar clauses."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.steps.library.answers import Answered, Answers
from flows.steps.library.history import newest, replay
from flows.steps.library.item import Item, make_item
from flows.steps.library.reference import resolve, validity
from flows.steps.library.search import Index, NothingToSearch
from flows.steps.library.validity import expiring, unreviewed
from flows.steps.mistake import InvalidTender
from flows.steps.raw_values import read_yaml
from flows.steps.read_tender import read
from flows.steps.tender import Clause, Tender

EXAMPLE = Path(__file__).parents[2] / "examples" / "warehouse-agv"


def item(item_id: str = "QMS-001", **values: object) -> Item:
    said = {"kind": "certificate", "name": "质量管理体系认证证书", "owner": "zhao.min", "reviewed": "2026-01-01"}
    made, faults = make_item({**said, "reviewed_by": "zhao.min", "id": item_id, **values})
    assert made is not None, faults
    return made


def found(query: str, *items: Item) -> list[str]:
    return [hit.item.id for hit in Index(items).find(query)]


CERTIFICATES = (
    item("QMS-001", number="EX-QMS-0001", tags=("质量", "ISO9001")),
    item("EMS-001", name="环境管理体系认证证书", tags=("环境", "ISO 14001")),
    item("TXT-001", kind="text", name="售后服务承诺", text="接到报修后2小时响应，24小时到场；备件库设于长沙。"),
    item("PRS-001", kind="person", name="𠮷田示例", fields={"title": "项目经理"}),
    item("MAT-001", kind="material", name="AGV调度系统", words="激光SLAM导航 180 kg 锂电池"),
)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("质", {"QMS-001"}),
        ("质量", {"QMS-001"}),
        ("体系 证书", {"QMS-001", "EMS-001"}),
        ("质量管理体系认证证书", {"QMS-001"}),
        ("环境 质量", set()),
        ("iso9001", {"QMS-001"}),
        ("ISO 9001", {"QMS-001"}),
        ("ISO", {"QMS-001", "EMS-001"}),
        ("iso90", {"QMS-001"}),
        ("ＩＳＯ１４００１", {"EMS-001"}),
        ("ex-qms", {"QMS-001"}),
        ("经理", {"PRS-001"}),
        ("𠮷", {"PRS-001"}),
        ("𠮷田", {"PRS-001"}),
        ("slam", {"MAT-001"}),
        ("AGV调度", {"MAT-001"}),
        ("调度AGV", set()),
        ("到场", {"TXT-001"}),
        ("24", {"TXT-001"}),
    ],
)
def test_article_2_words_are_found_in_chinese_and_latin_however_short(query, expected):
    assert set(found(query, *CERTIFICATES)) == expected


@pytest.mark.parametrize("character", ["\u3400", "\U0002a700", "\U00030000", "\U00031350", "\ue123", "\u2f2f"])
def test_article_2_rare_characters_are_found_by_themselves(character):
    items = (item("A", name=f"王{character}"), item("B", name="王某"))

    assert found(character, *items) == ["A"]
    assert found(f"王{character}", *items) == ["A"]


@pytest.mark.parametrize(
    "query",
    [
        '质" OR "环',
        "质*",
        "name:质",
        "质 AND NOT 环",
        "(质",
        "质'); DROP TABLE found; --",
        "^质",
        "质\x00量",
        '"',
        "NEAR(质 量)",
    ],
)
def test_article_2_what_is_typed_is_never_an_operator_of_the_engine(query):
    try:
        hits = found(query, *CERTIFICATES)
    except NothingToSearch:
        hits = []

    assert set(hits) <= {"QMS-001"}


@given(st.text(max_size=40))
def test_article_2_no_query_breaks_the_search(query):
    try:
        hits = found(query, *CERTIFICATES)
    except NothingToSearch:
        return

    assert set(hits) <= {each.id for each in CERTIFICATES}


@pytest.mark.parametrize("query", ["", "  ", "，。！", '"*"', "😀"])
def test_article_2_a_query_without_a_word_is_refused_with_an_example(query):
    with pytest.raises(NothingToSearch, match="expected a word; next: tender library search"):
        found(query, *CERTIFICATES)


def test_article_2_the_name_counts_more_than_the_words_of_the_file():
    items = (item("A", name="其他", words="质量证书 " * 5), item("B", name="质量证书"))

    assert found("质量证书", *items) == ["B", "A"]


def test_article_2_a_hit_shows_the_words_around():
    (hit,) = Index(CERTIFICATES).find("长沙")

    assert hit.around.endswith("备件库设于长沙。")


NOW = datetime(2026, 12, 20, 15, 59, tzinfo=UTC)  # 23:59 in Shanghai


def test_article_2_the_last_day_counts_whole_in_the_items_own_zone():
    today = item(valid_to="2026-12-20")

    assert today.days_left(NOW) == 0
    assert today.days_left(NOW.replace(hour=16)) == -1
    assert item(valid_to="2026-12-20", timezone="Europe/Berlin").days_left(NOW.replace(hour=16)) == 0
    assert item().days_left(NOW) is None


def test_article_2_what_expires_within_90_days_is_listed_soonest_first():
    items = [
        item("EXPIRED", valid_to="2026-12-19"),
        item("DAY-90", valid_to="2027-03-20"),
        item("DAY-91", valid_to="2027-03-21"),
        item("NEVER"),
        item("GONE", valid_to="2026-12-25", retired={"reason": "x", "by": "zhao.min", "at": "2026-12-01T00:00:00Z"}),
    ]

    assert [(left, each.id) for left, each in expiring(items, NOW, 90)] == [(-1, "EXPIRED"), (90, "DAY-90")]


@pytest.fixture(scope="module")
def tender() -> Tender:
    """The example tender: deadline 2027-03-18T09:30 in Shanghai, 90 days of validity, 60 of delivery."""
    return read(EXAMPLE)


def mistakes_of(tender: Tender, used: Item, record: str = "") -> list[str]:
    raw = read_yaml(record or f"department: d\nqualifications:\n  - {{library: {used.id}}}\n", "tender.yaml")
    taken, _unfilled = resolve(raw, {f"d/{used.id}": used}, None)
    return [f"{m.place}: {m.found}" for m in (*raw.mistakes, *validity(raw, tender, taken))]


@pytest.mark.parametrize(
    ("valid_to", "zone", "refused"),
    [
        ("2027-03-17", "Asia/Shanghai", True),
        ("2027-03-18", "Asia/Shanghai", False),
        ("2027-03-17", "America/Los_Angeles", False),  # there it is still the 17th
        ("2027-03-18", "Pacific/Kiritimati", False),
    ],
)
def test_article_2_validity_ends_with_the_deadline_day_where_the_item_counts_its_days(tender, valid_to, zone, refused):
    said = mistakes_of(tender, item(valid_to=valid_to, timezone=zone))

    assert bool(said) == refused
    assert all(s.startswith("line 3, column 15: QMS-001 质量管理体系认证证书: 2027-03-17 < 2027-03-18") for s in said)


def test_article_2_a_deadline_just_before_midnight_falls_on_the_next_day_further_east(tender):
    late = tender.model_copy(update={"deadline": tender.deadline.replace(hour=23, minute=59)})

    assert mistakes_of(late, item(valid_to="2027-03-18")) == []
    assert len(mistakes_of(late, item(valid_to="2027-03-18", timezone="Pacific/Auckland"))) == 1


@pytest.mark.parametrize(("valid_to", "refused"), [("2027-08-14", True), ("2027-08-15", False)])
def test_article_2_where_it_is_asked_an_item_must_outlive_the_contract(tender, valid_to, refused):
    limits = tender.limits.model_copy(update={"certificates_until": "contract-end"})
    asking = tender.model_copy(update={"limits": limits})

    assert bool(mistakes_of(asking, item(valid_to=valid_to))) == refused


def test_article_2_an_item_that_is_not_valid_yet_is_refused(tender):
    assert mistakes_of(tender, item(valid_from="2027-03-19", valid_to="2030-01-01")) != []
    assert mistakes_of(tender, item(valid_from="2027-03-18", valid_to="2030-01-01")) == []


@pytest.mark.parametrize(
    ("entry", "found"),
    [
        ("qualifications: [{library: NONE}]", "d/NONE"),
        ("qualifications: [{library: QMS-001, number: mine}]", "number beside library"),
        ("track_record: [{library: QMS-001}]", "QMS-001: certificate"),
        ("signer: {library: QMS-001}", "QMS-001: certificate"),
        ("inputs: [{lot: '1', deliverable: proof, library: QMS-001, volume: technical, section: proof}]",
         "QMS-001 without file"),
        ("extra: {finance: [{library: other/QMS-001}]}", "other/QMS-001"),
    ],
)  # fmt: skip
def test_article_2_a_reference_that_does_not_fit_is_refused_with_its_place(tender, entry, found):
    (said,) = mistakes_of(tender, item(), f"department: d\n{entry}\n")

    assert said.startswith("line 2, column")
    assert said.endswith(found)


def test_article_2_a_folder_with_references_is_not_read_without_a_library(tmp_path):
    text = (EXAMPLE / "tender.yaml").read_text("utf-8")
    start = text.index("qualifications:\n")
    end = text.index("track_record:\n")
    (tmp_path / "tender.yaml").write_text(text[:start] + "qualifications: [{library: QMS-001}]\n" + text[end:], "utf-8")

    with pytest.raises(InvalidTender) as refused:
        read(tmp_path)

    (said,) = (m.expected for m in refused.value.mistakes if m.found == "marketing-1/QMS-001")
    assert "tender validate --as PERSON" in said


def test_article_2_figures_texts_and_people_fill_entries_of_every_group():
    raw = read_yaml(
        "department: d\nsigner: {library: P, since: 2026-01-01}\nauthorisations: [{library: A}]\n"
        "extra: {finance: [{library: F}], plan: {library: T}}\nqualifications: [{library: P, kind: manager}]\n",
        "tender.yaml",
    )
    shelf = {
        "d/P": item(
            "P", kind="person", name="赵示例", number="JZ-1", fields={"certificate": "建造师证", "title": "经理"}
        ),
        "d/A": item("A", kind="authorisation", name="授权", fields={"manufacturer": "示例厂", "models": "L40、L60"}),
        "d/F": item("F", kind="financial-year", name="2025年度", fields={"year": "2025", "revenue": "9000"}),
        "d/T": item("T", kind="text", name="服务计划", text="两小时响应。"),
    }

    used, unfilled = resolve(raw, shelf, None)

    assert (len(used), unfilled, raw.mistakes) == (5, [], [])
    assert raw.data["signer"] == {"name": "赵示例", "title": "经理", "since": "2026-01-01"}
    assert raw.data["authorisations"] == [{"manufacturer": "示例厂", "models": ["L40", "L60"], "library": "d/A@1"}]
    assert raw.data["extra"]["plan"] == "两小时响应。"
    assert raw.data["extra"]["finance"][0]["revenue"] == "9000"
    entry = {"kind": "manager", "name": "建造师证", "number": "JZ-1", "person": "赵示例", "library": "d/P@1"}
    assert raw.data["qualifications"] == [entry]


def test_a_version_that_does_not_follow_the_one_before_counts_for_nothing():
    first, second = item().to_json(), item(version=2, number="second").to_json()
    rival = item(version=2, number="rival").to_json()

    history = replay([first, second, rival, item(version=9).to_json()])

    assert [each.number for each in history["QMS-001"]] == ["", "second"]
    assert newest(history)["QMS-001"].number == "second"


def test_an_item_comes_back_from_the_ledger_as_it_was():
    made = item(valid_to="2029-06-30", tags=("a", "b"), kind="person", fields={"title": "经理"})

    assert Item.model_validate(made.to_json()) == made
    assert made.valid_to == date(2029, 6, 30)


def answered(requirement: str, outcome: str = "lost", **values: str) -> Answered:
    clause = Clause(clause=values.pop("clause", "1"), requirement=requirement, response="满足", **values)
    return Answered("agv-2024", "示例", "1", clause, outcome)


def test_article_2_the_answer_to_the_most_similar_clause_comes_first():
    answers = Answers(
        [
            answered("设备噪声应不大于70dB(A)，距离1米处测量", clause="1"),
            answered("投标人应提供设备的使用说明书", clause="2"),
            answered("AGV额定载重不小于180kg", clause="3"),
            answered("设备应提供质保期内的备件", clause="4"),
        ]
    )

    offers = answers.similar("设备运行噪声不大于65dB（A）")

    assert offers[0].answered.clause.clause == "1"
    assert answers.similar("AGV额定载重不小于500kg")[0].similarity == pytest.approx(1)
    assert answers.similar("付款方式") == []
    assert answers.similar("123") == []


def test_article_2_of_equal_clauses_the_one_of_a_tender_won_comes_first():
    answers = Answers([answered("噪声不大于70dB", "lost"), answered("噪声不大于70dB", "won")])

    assert [offer.answered.outcome for offer in answers.similar("噪声不大于70dB")] == ["won", "lost"]


def test_article_2_a_clause_without_an_answer_is_not_offered():
    silent = Answered("agv-2024", "示例", "1", Clause(clause="1", requirement="噪声不大于70dB"), "won")

    assert len(Answers([silent])) == 0


def test_article_2_an_item_is_overdue_for_review_when_its_owners_interval_is_over():
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    known = [
        item("YEARLY", reviewed="2025-11-24"),  # 365 days: today is the last day in time
        item("LATE", reviewed="2025-11-23"),
        item("OFTEN", reviewed="2026-10-01", review_days=30),
        item("GONE", reviewed="2020-01-01", retired={"reason": "x", "by": "zhao.min", "at": "2026-01-01T00:00:00Z"}),
    ]

    assert [(left, each.id) for left, each in unreviewed(known, now)] == [(-24, "OFTEN"), (-1, "LATE")]
    assert [each.id for _left, each in unreviewed(known, now, days=1)] == ["OFTEN", "LATE", "YEARLY"]

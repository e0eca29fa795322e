"""Decisions: `ssh-keygen` accepts them, and what counts is the signature, never the claim."""

import json
import subprocess
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from storage import sshsig
from storage.canonical import canonical
from storage.decision import (
    NAMESPACE,
    Decision,
    DecisionRefused,
    covers,
    four_eyes,
    in_order,
    quorum,
    read_decision,
    sign_decision,
    verify_decision,
    within_authority,
)
from storage.identity import Holder
from storage.people import Deputy, People
from tests.storage.builders import new_holder, person

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)
NAMES = {
    "zhao.min": "handler",
    "sun.li": "pricing",
    "zhou.jie": "pricing",
    "wu.fang": "pricing",
    "zheng.yun": "reviewer",
}
HOLDERS = {who: new_holder(f"person:{who}") for who in (*NAMES, "li.na")}
DEPUTY = Deputy("li.na", ("reviewer",), NOW, NOW + DAY, Decimal(1000))
PEOPLE = People(
    (
        *(
            replace(person(HOLDERS[who], role), deputies=(DEPUTY,) if who == "zheng.yun" else ())
            for who, role in NAMES.items()
        ),
        person(HOLDERS["li.na"], "technical"),
    )
).checked()


def decide(who: str, kind: str = "price", verdict: str = "approve", **change: object) -> Decision:
    made = Decision(
        "agv-2024",
        "1",
        kind,
        verdict,
        who,
        NAMES.get(who, "reviewer"),
        {"a" * 64: "offer/1@2"},
        NOW,
        "SJE/ZY/GK-02@2024-01",
    )
    return replace(made, **change)  # type: ignore[arg-type]


def proven(decision: Decision, signer: Holder | None = None, at: datetime | None = None) -> Decision:
    body = sign_decision(decision, signer or HOLDERS[decision.person])
    return verify_decision(body["statement"], body["signature"], PEOPLE, at=at)


def all_proven(*decisions: Decision) -> list[Decision]:
    return [proven(decision) for decision in decisions]


def test_a_signed_decision_comes_back_as_it_was_made() -> None:
    decision = decide("sun.li")
    assert proven(decision) == decision
    assert read_decision(decision.statement()) == decision


def test_ssh_keygen_accepts_a_decision_and_refuses_what_we_refuse(tmp_path: Path) -> None:
    body = sign_decision(decide("sun.li"), HOLDERS["sun.li"])
    (tmp_path / "signers").write_text(PEOPLE.allowed_signers([NAMESPACE]))
    (tmp_path / "sig").write_text(body["signature"])

    def accepts(who: str = "person:sun.li", text: bytes = canonical(body["statement"]), space: str = NAMESPACE) -> bool:
        command = ["ssh-keygen", "-Y", "verify", "-f", "signers", "-I", who, "-n", space, "-s", "sig"]
        command += ["-O", "verify-time=20260601090000Z"]
        return (
            subprocess.run(command, input=text, cwd=tmp_path, capture_output=True, check=False, timeout=20).returncode
            == 0
        )

    assert accepts()
    assert not accepts(who="person:zhou.jie")
    assert not accepts(text=canonical({**body["statement"], "extra": 1}))
    assert not accepts(space="tender-event@v1")


def test_a_decision_signed_with_anothers_key_is_refused_for_every_pair_of_people() -> None:
    tried, accepted = 0, 0
    for who in NAMES:
        for signer in HOLDERS.keys() - {who}:
            tried += 1
            try:
                proven(decide(who), HOLDERS[signer])
                accepted += 1
            except DecisionRefused:
                continue
    print(f"decisions with another's key: {tried}, accepted: {accepted}")
    assert accepted == 0


def test_every_changed_field_is_refused() -> None:
    body = sign_decision(decide("sun.li"), HOLDERS["sun.li"])
    changes = {
        "tender": "agv-2025", "lot": "2", "decision": "final-review", "verdict": "reject", "person": "zhou.jie",
        "role": "reviewer", "reason": "x", "at": "2026-06-02T09:00:00+00:00", "procedure": "y", "on_behalf_of": "li.na",
    }  # fmt: skip
    for field, value in changes.items():
        statement = json.loads(json.dumps(body["statement"]))
        statement["predicate"][field] = value
        with pytest.raises(DecisionRefused):
            verify_decision(statement, body["signature"], PEOPLE)
    statement = json.loads(json.dumps(body["statement"]))
    statement["subject"][0]["digest"]["sha256"] = "b" * 64
    with pytest.raises(DecisionRefused):
        verify_decision(statement, body["signature"], PEOPLE)


@pytest.mark.parametrize(
    "change",
    [
        {"role": "reviewer"},
        {"at": datetime(2025, 12, 31, tzinfo=UTC)},
        {"on_behalf_of": "zheng.yun"},
        {"person": "nobody"},
    ],
    ids=["a role they do not have", "before they came", "for someone without need", "by a stranger"],
)
def test_a_claim_that_the_register_does_not_support_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(DecisionRefused):
        proven(replace(decide("sun.li"), **change), HOLDERS["sun.li"])  # type: ignore[arg-type]


def test_a_decision_recorded_when_the_person_had_gone_is_refused() -> None:
    row = PEOPLE.find("sun.li", NOW)
    assert row is not None
    gone = People((replace(row, valid_to=NOW + DAY),))
    body = sign_decision(decide("sun.li"), HOLDERS["sun.li"])
    assert verify_decision(body["statement"], body["signature"], gone, at=NOW + DAY / 2)
    with pytest.raises(DecisionRefused):
        verify_decision(body["statement"], body["signature"], gone, at=NOW + DAY)


def test_a_deputy_signs_on_behalf_and_says_so() -> None:
    as_deputy = decide("li.na", "final-review", role="reviewer", on_behalf_of="zheng.yun")
    assert proven(as_deputy).on_behalf_of == "zheng.yun"
    for wrong in (replace(as_deputy, on_behalf_of=None), replace(as_deputy, on_behalf_of="sun.li")):
        with pytest.raises(DecisionRefused):
            proven(wrong)
    with pytest.raises(DecisionRefused):
        proven(replace(as_deputy, at=NOW + DAY))


def test_extra_or_missing_fields_are_refused_although_signed() -> None:
    statement = json.loads(decide("sun.li").statement())
    for broken in ({**statement, "note": "x"}, {k: v for k, v in statement.items() if k != "subject"}, {}):
        text = canonical(broken)
        with pytest.raises(DecisionRefused):
            verify_decision(text, sshsig.sign(text, HOLDERS["sun.li"].signing, NAMESPACE), PEOPLE)


GROUP = {"sun.li", "zhou.jie", "wu.fang"}


@pytest.mark.parametrize(
    ("decisions", "reached"),
    [
        ([], False),
        ([decide("sun.li")], False),
        ([decide("sun.li"), decide("sun.li")], False),
        ([decide("sun.li"), decide("zhou.jie")], True),
        ([decide("sun.li"), decide("zhou.jie"), decide("sun.li", verdict="reject")], False),
        ([decide("sun.li", verdict="reject"), decide("sun.li"), decide("wu.fang")], True),
        ([decide("sun.li"), decide("zheng.yun", role="reviewer")], False),
    ],
    ids=["none", "one", "one twice", "two", "one took it back", "one came round", "one of another role"],
)
def test_a_quorum_counts_people_by_their_last_word(decisions: list[Decision], reached: bool) -> None:
    assert quorum(all_proven(*decisions), 2, role="pricing", group=GROUP, verdict="approve") is reached


def test_a_quorum_of_none_is_never_reached_and_outsiders_never_count() -> None:
    decisions = all_proven(decide("sun.li"), decide("zhou.jie"))
    assert not quorum(decisions, 0, role="pricing", group=GROUP, verdict="approve")
    assert not quorum(decisions, 2, role="pricing", group={"sun.li", "wu.fang"}, verdict="approve")


def test_four_eyes_are_of_two_people_on_every_side() -> None:
    def sides(*people: Iterable[Decision]) -> bool:
        return four_eyes(*people)

    handler, reviewer = decide("zhao.min", "clauses"), decide("zheng.yun", "final-review")
    deputy = decide("li.na", "final-review", role="reviewer", on_behalf_of="zheng.yun")
    assert sides([handler], [reviewer])
    assert not sides([handler], [])
    assert not sides([handler], [replace(handler, kind="final-review")])
    assert not sides([reviewer], [deputy])
    assert not sides([replace(deputy, on_behalf_of=None)], [deputy])
    assert sides([handler, handler], [reviewer])


def test_a_person_of_the_role_may_also_stand_in_for_another_one_of_it() -> None:
    stand_in = Deputy("sun.li", ("pricing",), NOW, NOW + DAY)
    rows = tuple(replace(row, deputies=(stand_in,)) if row.id == "wu.fang" else row for row in PEOPLE.persons)
    for absent, found in (("wu.fang", True), ("zhou.jie", False)):
        body = sign_decision(decide("sun.li", on_behalf_of=absent), HOLDERS["sun.li"])
        if found:
            assert verify_decision(body["statement"], body["signature"], People(rows)).on_behalf_of == absent
        else:
            with pytest.raises(DecisionRefused, match="no deputy of zhou"):
                verify_decision(body["statement"], body["signature"], People(rows))


SEEN = {"decision": "notice", "person": "zhao.min", "role": "handler"}


def test_a_witness_of_a_signature_on_paper_is_proven_as_a_witness() -> None:
    witness = decide("zheng.yun", "witness", "sign", witness=SEEN)
    assert proven(witness).witness == SEEN


@pytest.mark.parametrize(
    ("kind", "seen", "found"),
    [
        ("final-review", SEEN, "only a witness"),
        ("witness", None, "only a witness"),
        ("witness", {**SEEN, "person": "zheng.yun"}, "someone else"),
        ("witness", {**SEEN, "place": "Changsha"}, "someone else"),
        ("witness", {**SEEN, "role": "leader"}, "has no role leader"),
        ("witness", {**SEEN, "person": "nobody.here"}, "has no role handler"),
    ],
)
def test_a_witness_statement_that_proves_nothing_is_refused(kind: str, seen: dict[str, str] | None, found: str) -> None:
    with pytest.raises(DecisionRefused, match=found):
        proven(decide("zheng.yun", kind, "sign", witness=seen))


def test_order_is_that_of_the_ledger() -> None:
    price, review = decide("sun.li"), decide("zheng.yun", "final-review")
    assert in_order([price, review], ["price", "final-review"])
    assert not in_order([review, price], ["price", "final-review"])
    assert not in_order([price], ["price", "final-review"])


def test_a_decision_covers_exactly_what_it_names() -> None:
    decision = decide("sun.li")
    assert covers(decision, ["a" * 64])
    assert not covers(decision, [])
    assert not covers(decision, ["a" * 64, "b" * 64])


def test_authority_ends_at_the_tier_and_at_the_deputys_limit() -> None:
    tiers = [(Decimal(5000), "reviewer"), (None, "leader")]
    own = decide("zheng.yun", "final-review")
    deputy = decide("li.na", "final-review", role="reviewer", on_behalf_of="zheng.yun")
    assert within_authority(own, Decimal(5000), tiers, PEOPLE)
    assert not within_authority(own, Decimal("5000.01"), tiers, PEOPLE)
    assert within_authority(deputy, Decimal(1000), tiers, PEOPLE)
    assert not within_authority(deputy, Decimal("1000.01"), tiers, PEOPLE)

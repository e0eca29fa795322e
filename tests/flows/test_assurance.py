"""Signatures on paper: two others must have seen the same scan, and the level stays visible."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from flows.steps.assurance import Seen, count
from flows.steps.procedure import GATES, Facts, Manifested, Signed, State, judge
from flows.steps.signatures import votes

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
NOTICE = Manifested("notice/-/bid", 1, "a" * 64)
PEOPLE = {"handler": ("zhao.min",), "leader": ("qian.wei",), "pricing": ("sun.li", "zhou.jie", "wu.fang")}
LEADER = Signed("notice", "-", "sign", "qian.wei", "leader", frozenset({NOTICE.digest}), AT)
HANDLER = replace(LEADER, person="zhao.min", role="handler")


def seen(witness: str, scan: str = "s" * 64, **change: object) -> Seen:
    return Seen(replace(LEADER, **change), witness, scan)  # type: ignore[arg-type]


def counted(*given: Signed | Seen) -> list[Signed]:
    return [signed for _, signed in count(list(enumerate(given)))]


def test_two_witnesses_of_one_scan_make_a_signature_at_a_lower_level() -> None:
    assert counted(seen("li.na")) == []
    (signed,) = counted(seen("li.na"), seen("feng.xue"))
    assert (signed.person, signed.witnesses) == ("qian.wei", ("li.na", "feng.xue"))
    assert signed.words == "leader: qian.wei (sign), on paper, witnessed by li.na and feng.xue"


@pytest.mark.parametrize(
    "other",
    [
        seen("li.na"),  # the same witness again
        seen("qian.wei"),  # the signer
        seen("feng.xue", scan="t" * 64),
        seen("feng.xue", verdict="reject"),
        seen("feng.xue", subjects=frozenset({"b" * 64})),
    ],
)
def test_anything_else_beside_one_witness_makes_none(other: Seen) -> None:
    assert counted(seen("li.na"), other) == []


def test_a_price_is_never_signed_on_paper() -> None:
    assert counted(seen("li.na", decision="price"), seen("feng.xue", decision="price")) == []


def test_a_gate_counts_paper_and_says_so_but_not_with_its_other_signer_as_witness() -> None:
    def judged(*witnesses: str) -> State:
        signed = counted(HANDLER, *(seen(witness) for witness in witnesses))
        return judge(GATES["notice"], "-", Facts([NOTICE], signed, PEOPLE)).state

    assert judged("li.na", "feng.xue") is State.PASSED
    assert judged("li.na", "zhao.min") is State.WAITING


def test_nobody_votes_twice_in_person_and_as_a_deputy() -> None:
    own = [Signed("price", "1", "approve", who, "pricing", frozenset(), AT) for who in ("sun.li", "zhou.jie")]
    for_wu = replace(own[0], on_behalf_of="wu.fang")
    crossed = replace(own[1], person="wu.fang", on_behalf_of="zhou.jie")
    assert votes(own) == 2
    assert votes([own[0], for_wu]) == 1
    assert votes([*own, for_wu]) == 2
    assert votes([for_wu, crossed]) == 1
    assert votes([]) == 0

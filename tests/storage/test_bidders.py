"""One tender, one bidder: the hashed index in the registers."""

import secrets
from concurrent.futures import ThreadPoolExecutor

import pytest

from storage.bidders import PREFIX, AnotherBidder, Bidders
from storage.identity import Holder
from storage.objects import ObjectStore
from storage.people import BUCKET, People
from tests.storage.builders import new_holder, person

pytestmark = pytest.mark.server
OURS, OTHER = "91430100MAEXAMPLEC", "91310000132216061X"


@pytest.fixture
def zhao() -> Holder:
    return new_holder("person:zhao.min")


@pytest.fixture
def index(store: ObjectStore, zhao: Holder) -> Bidders:
    return Bidders(store, secrets.token_hex(8), People((person(zhao, "handler"),)))


def claim(index: Bidders, zhao: Holder, code: str, number: str = "CSXY-2024-017", tender: str = "agv") -> None:
    index.claim(zhao, tender, buyer="长沙血液中心", number=number, credit_code=code)


def test_the_same_bidder_may_say_it_again_under_any_tender_id(index: Bidders, zhao: Holder) -> None:
    claim(index, zhao, OURS)
    claim(index, zhao, OURS, tender="agv-again")


@pytest.mark.parametrize("number", ["CSXY-2024-017", " csxy 2024 017 ", "ＣＳＸＹ－2024－017", "CSXY/2024/017"])
def test_a_second_bidder_is_refused_however_the_number_is_written(index: Bidders, zhao: Holder, number: str) -> None:
    claim(index, zhao, OURS)
    with pytest.raises(AnotherBidder, match=r"Tender agv-2: another bidder's documents .* are made as agv"):
        claim(index, zhao, OTHER, number, tender="agv-2")


def test_another_tender_is_free(index: Bidders, zhao: Holder) -> None:
    claim(index, zhao, OURS)
    claim(index, zhao, OTHER, "CSXY-2024-018")


def test_of_two_bidders_at_once_one_is_refused(index: Bidders, zhao: Holder) -> None:
    def one(code: str) -> bool:
        try:
            claim(index, zhao, code)
        except AnotherBidder:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(one, (OURS, OTHER))) == [False, True]


def test_the_index_holds_no_name_number_or_code_in_plain_text(index: Bidders, zhao: Holder, store: ObjectStore) -> None:
    claim(index, zhao, OURS, "SECRET-NUMBER-77")
    found = [info for info in store.list(BUCKET, f"{PREFIX}/") if b"agv" in store.get(BUCKET, info.key)]
    assert found
    for info in found:
        record = info.key.encode() + store.get(BUCKET, info.key)
        for secret in (OURS, "SECRET-NUMBER-77", "secretnumber77", "长沙血液中心"):
            assert secret.encode() not in record


def test_another_installation_has_other_keys(index: Bidders, zhao: Holder, store: ObjectStore) -> None:
    claim(index, zhao, OURS)
    claim(Bidders(store, "another salt", index.people), zhao, OTHER)


def test_a_record_that_is_overwritten_still_says_what_it_said_first(
    index: Bidders, zhao: Holder, store: ObjectStore
) -> None:
    claim(index, zhao, OURS)
    other = Bidders(store, index.salt, index.people)
    key = index._hash("tender", "长沙血液中心", "CSXY-2024-017")
    (info,) = list(store.list(BUCKET, f"{PREFIX}/{key}/"))
    store.put(BUCKET, info.key, b"{}")
    with pytest.raises(AnotherBidder):
        claim(other, zhao, OTHER)

"""Article 2: the company library of a department, kept in a ledger of its own, on the real store."""

import secrets
from pathlib import Path

import pytest

from flows import wiring
from flows.acts import library_keep
from flows.acts.library import ClosedLibrary, Library, UnknownItem, UnknownLibrary, open_library
from flows.acts.library_keep import ItemRefused
from flows.steps.library.draft import Draft, Misfit
from flows.steps.read_technical_inputs import read_input
from storage import anchor
from storage.compartment import Compartments
from storage.policy import PolicyRefused
from storage.verify import verify_tender

pytestmark = pytest.mark.server
EXAMPLE = Path(__file__).parents[2] / "examples" / "warehouse-agv"
PROOFS = EXAMPLE / "commercial"


def draft(item_id: str, *, file: str = "iso9001.pdf", **values: object) -> Draft:
    said = {
        "kind": "certificate",
        "name": "质量管理体系认证证书（示例）",
        "owner": "zhao.min",
        "number": "EX-QMS-0001",
        "code": "iso9001",
        "valid_to": "2029-06-30",
        **values,
    }
    return Draft(item_id, said, read_input(PROOFS, file) if file else None)


@pytest.fixture
def library(installation) -> Library:
    """The library of marketing-1, seen by its handler."""
    return open_library("zhao.min", new=True)


@pytest.fixture
def item_id() -> str:
    """An item that no other test knows."""
    return f"QMS-{secrets.token_hex(4)}"


def events(library: Library, kind: str, name: str) -> list[str]:
    library.case.ledger.refresh()
    return [e.by for e in library.case.ledger.find(type=kind) if e.body.get("name") == name]


def test_article_2_an_item_is_kept_with_owner_proof_validity_and_review(library, item_id):
    kept = library_keep.add(library, draft(item_id))

    other = open_library("qian.wei")
    item = other.item(item_id)
    assert kept.added == (item_id,)
    assert (item.owner, str(item.valid_to), item.reviewed_by, item.version) == ("zhao.min", "2029-06-30", "zhao.min", 1)
    assert other.proof(item, "test").data == (PROOFS / "iso9001.pdf").read_bytes()


def test_article_2_each_read_of_a_proof_is_on_record(library, item_id):
    library_keep.add(library, draft(item_id))
    reader = open_library("qian.wei")

    reader.content(reader.item(item_id))

    assert events(library, "object.read", f"item/{item_id}/iso9001.pdf") == ["person:qian.wei"]


def test_article_2_nothing_of_an_item_lies_in_the_store_as_plain_text(library, item_id):
    library_keep.add(library, draft(item_id, name=f"canary-{item_id}", text=f"canary-{item_id}"))

    store, found = library.case.store, 0
    for bucket in ("ledger", "drafts", "keys"):
        for info in store.list(bucket, "library."):
            found += 1
            assert f"canary-{item_id}".encode() not in store.get(bucket, info.key)
    assert found > 3


def test_article_2_a_review_makes_a_version_and_keeps_the_one_before(library, item_id):
    library_keep.add(library, draft(item_id))

    made = library_keep.review(open_library("qian.wei"), Draft(item_id, {"valid_to": "2032-06-30"}))

    versions = open_library("zhao.min").history()[item_id]
    assert [str(v.valid_to) for v in versions] == ["2029-06-30", "2032-06-30"]
    assert (made.reviewed_by, made.number) == ("qian.wei", "EX-QMS-0001")
    assert versions[1].proof == versions[0].proof


def test_article_2_a_review_without_a_change_is_written_down_too(library, item_id):
    library_keep.add(library, draft(item_id, reviewed="2026-01-01"))

    assert library_keep.review(library, Draft(item_id, {})).version == 2


def test_article_2_an_item_taken_out_of_use_stays_readable_with_its_reason(library, item_id):
    library_keep.add(library, draft(item_id))

    library_keep.retire(library, item_id, "replaced")

    again = open_library("qian.wei")
    assert again.item(item_id).retired.reason == "replaced"
    assert again.proof(again.item(item_id), "test").data
    with pytest.raises(ItemRefused, match="retired already"):
        library_keep.retire(again, item_id, "again")
    with pytest.raises(Misfit, match="1 mistakes"):
        library_keep.review(again, Draft(item_id, {"name": "x"}))


def test_article_2_a_reason_is_asked_for_to_take_an_item_out_of_use(library, item_id):
    library_keep.add(library, draft(item_id))

    with pytest.raises(ItemRefused, match="no reason"):
        library_keep.retire(library, item_id, " ")


def test_article_2_what_is_brought_again_unchanged_makes_no_version(library, item_id):
    library_keep.keep(library, [draft(item_id)])

    assert library_keep.keep(library, [draft(item_id)]).same == (item_id,)
    assert library_keep.keep(library, [draft(item_id, number="EX-2")]).changed == (item_id,)
    assert library_keep.keep(library, [draft(item_id, number="EX-2", file="licence.pdf")]).changed == (item_id,)
    assert library.item(item_id).version == 3


def test_article_2_of_two_who_change_an_item_at_once_one_is_told(library, item_id):
    library_keep.add(library, draft(item_id))
    late = open_library("qian.wei")
    late.items()
    library_keep.review(library, Draft(item_id, {"number": "first"}))

    with pytest.raises(ItemRefused, match="changed by someone else"):
        library_keep.review(late, Draft(item_id, {"number": "second"}))

    assert open_library("zhao.min").item(item_id).number == "first"


@pytest.mark.parametrize(
    ("change", "field", "expected"),
    [
        ({"kind": "diploma"}, "kind", "licence, certificate"),
        ({"owner": "Zhao"}, "owner", "a person id such as zhao.min"),
        ({"owner": "no.body"}, "owner", "a person in the register of people"),
        ({"valid_to": "2029-02-30"}, "valid_to", "a date like 2026-12-20"),
        ({"valid_from": "2030-01-01"}, "valid_to", "a date not before valid_from"),
        ({"timezone": "Mars/Base"}, "timezone", "a time zone name"),
        ({"buyer": "x"}, "buyer", "no such key"),
        ({"kind": "track-record"}, "buyer", "a value"),
        ({"kind": "text"}, "text", "the words of the standard text"),
    ],
)
def test_article_2_an_item_that_cannot_stand_is_refused_with_field_and_expectation(
    library, item_id, change, field, expected
):
    with pytest.raises(Misfit) as refused:
        library_keep.add(library, draft(item_id, file="", **change))

    named = {mistake.place: mistake.expected for mistake in refused.value.mistakes}
    assert expected in named[f"{item_id}: {field}"]
    assert item_id not in library.items()


def test_article_2_an_id_is_used_once(library, item_id):
    library_keep.add(library, draft(item_id))

    with pytest.raises(ItemRefused, match="there already"):
        library_keep.add(library, draft(item_id))
    with pytest.raises(UnknownItem, match="no item nothing"):
        library.item("nothing")


def test_article_1_another_department_reads_a_library_only_when_it_is_shared(library, item_id):
    library_keep.add(library, draft(item_id))
    with pytest.raises(ClosedLibrary, match=r"closed to li\.na.*tender library share"):
        open_library("li.na", "marketing-1")

    library_keep.share(library, ["li.na"], "technical material for bids")

    reader = open_library("li.na", "marketing-1")
    assert reader.proof(reader.item(item_id), "test").data
    with pytest.raises(PolicyRefused):
        library_keep.add(reader, draft(f"{item_id}-x"))


def test_article_1_the_technical_department_keeps_a_library_of_its_own(installation, item_id):
    technical = open_library("li.na", new=True)
    library_keep.add(technical, draft(item_id, owner="li.na", kind="material", name="AGV技术方案（示例）", code=None))

    assert technical.case.tender == "library.technical"
    assert item_id not in open_library("zhao.min", new=True).items()
    with pytest.raises(PolicyRefused):
        library_keep.add(open_library("zhao.min", "marketing-2", new=True), draft(item_id))


def test_article_2_a_department_without_a_library_is_told_how_to_make_one(installation):
    with pytest.raises(UnknownLibrary, match=r"Library of audit: found none.*tender library add"):
        open_library("chu.bo")


def test_a_library_is_no_tender_and_is_proven_like_one(library, item_id):
    library_keep.add(library, draft(item_id))

    case = open_library("chu.bo", "marketing-1").case
    report = verify_tender(case.store, case.tender, case.holder, case.people)

    assert "library.marketing-1" not in wiring.tenders()
    assert report.ok
    assert sum(finding.count for finding in report.findings) > 5


def test_a_proof_opens_after_the_key_of_the_library_was_changed(library, item_id):
    library_keep.add(library, draft(item_id))
    case = library.case

    Compartments(case.store, case.keyrings, case.ledger, case.vault).rotate("library", reason="test")

    again = open_library("qian.wei")
    assert again.proof(again.item(item_id), "test").data == (PROOFS / "iso9001.pdf").read_bytes()


def test_a_library_gets_its_nightly_checkpoint(library, item_id, installation):
    library_keep.add(library, draft(item_id))

    worker = installation.case("library.marketing-1", worker="archive")
    anchor.publish(worker.store, worker.ledger, worker.holder)

    report = verify_tender(library.case.store, library.case.tender, library.case.holder, library.case.people)
    counts = {finding.what: finding.count for finding in report.findings}
    assert report.ok
    assert counts["checkpoints that the ledger still begins with"] >= 1

"""Everyone works with their own store credential: it is enough for their part and the store itself refuses the rest."""

import pytest

from storage.canonical import now
from storage.decision import Decision, sign_decision
from storage.embedded import PEOPLE, EmbeddedStore
from storage.manifest import Manifest
from storage.objects import AccessDenied
from storage.verify import verify_tender
from tests.storage.builders import EARLY_HOLDERS, OPENED, STAFF, Desk, Office, sit_down

MEDIA = "application/json"


class OwnCredentials:
    """Desks at which every holder speaks to the store with the credential of their own role."""

    def __init__(self, office: Office, embedded: EmbeddedStore, tender: str) -> None:
        self._office, self._embedded, self._tender = office, embedded, tender

    def desk(self, who: str) -> Desk:
        kind, _, name = who.partition(":")
        role = name if kind == "worker" else PEOPLE[STAFF[name]]
        return sit_down(self._embedded.objects(role), self._office.people, self._office.holders[who], self._tender)


@pytest.fixture
def desks(office: Office, embedded: EmbeddedStore, tender_id: str) -> OwnCredentials:
    """A tender opened by the handler and given its price key by the pricing worker, each with their own credential."""
    made = OwnCredentials(office, embedded, tender_id)
    handler = made.desk("person:zhao.min")
    for compartment, names in EARLY_HOLDERS.items():
        handler.keyrings.create(compartment, office.people.recipients(*names))
    handler.ledger.append("tender.opened", OPENED, key="tender.opened")
    group = office.people.recipients("sun.li", "zhou.jie", "wu.fang", "worker:pricing")
    made.desk("worker:pricing").keyrings.create("price", group)
    return made


def test_a_tender_goes_from_cost_to_decision_with_everyones_own_credential(
    office: Office, desks: OwnCredentials
) -> None:
    desks.desk("person:li.na").vault.seal("price", "cost/1", b"9", media_type=MEDIA, step_key=None)
    group = desks.desk("person:sun.li")
    cost = group.vault.latest("cost/1")
    assert cost is not None
    assert group.vault.open(cost, purpose="pricing") == b"9"
    offer = group.vault.seal("price", "offer/1", b"10", media_type=MEDIA, step_key=None)
    subjects = {offer.digest: "offer/1@1"}
    decision = Decision(offer.tender, "1", "price", "approve", "sun.li", "pricing", subjects, now(), "rule")
    group.ledger.append("decision.signed", sign_decision(decision, group.holder), lot="1")
    worker = desks.desk("worker:pricing")
    assert worker.vault.open(offer, purpose="price-volume") == b"10"
    worker.keyrings.change("price", add=office.people.recipients("zheng.yun"), reason="review")
    assert desks.desk("person:zheng.yun").vault.open(offer, purpose="review") == b"10"


def test_opening_again_needs_no_right_on_the_price_keyring(desks: OwnCredentials) -> None:
    handler = desks.desk("person:zhao.min")
    count = len(handler.ledger.events())
    handler.ledger.append("tender.opened", OPENED, key="tender.opened")
    assert len(handler.ledger.events()) == count


def test_article_2_5_a_notice_lies_under_retention_and_everyone_of_the_tender_reads_it(
    desks: OwnCredentials, embedded: EmbeddedStore
) -> None:
    handler = desks.desk("person:zhao.min")
    notice = handler.vault.seal("procedure", "notice/-/closed.docx", b"paper", media_type=MEDIA, step_key=None)
    scan = handler.vault.seal("procedure", "wet/-/notice-qian.wei", b"scan", media_type=MEDIA, step_key=None)
    draft = handler.vault.seal("procedure", "record", b"{}", media_type=MEDIA, step_key=None)

    assert (notice.bucket, scan.bucket, draft.bucket) == ("archive", "archive", "drafts")
    # An analyst reads prices alone; an auditor, who may write nothing, reads past the record of reads.
    outside = {f"person:{who}" for who, role in STAFF.items() if role in ("analyst", "auditor")}
    assert embedded.objects("auditor").get(notice.bucket, notice.key)
    for who in set(EARLY_HOLDERS["procedure"]) - outside:
        assert desks.desk(who).vault.open(notice, purpose="read") == b"paper", who
    for role in ("person", "admin"):
        objects = embedded.objects(role)
        (version,) = embedded.objects("admin").versions(notice.bucket, notice.key)
        with pytest.raises(AccessDenied):
            objects.delete(notice.bucket, notice.key, version_id=version.version_id)


def test_article_3_5_what_came_of_a_bid_lies_under_retention_and_its_people_read_it(
    desks: OwnCredentials, embedded: EmbeddedStore
) -> None:
    def sealed(who: str, compartment: str, name: str) -> Manifest:
        return desks.desk(who).vault.seal(compartment, name, b"{}", media_type=MEDIA, step_key=None)

    brought = [
        sealed("person:feng.xue", "archive", "opening/-"),
        sealed("person:zhao.min", "archive", "lessons/1"),
        sealed("person:feng.xue", "archive", "proof/1/notice/letter.pdf"),
        sealed("person:wang.lei", "procedure", "platform/1"),
        sealed("person:wang.lei", "procedure", "receipt/1/receipt.pdf"),
        sealed("person:zhao.min", "procedure", "negotiation/1/plan"),
        sealed("person:zhao.min", "procedure", "addendum/-/1"),
    ]
    assert {manifest.bucket for manifest in brought} == {"archive"}
    for manifest in brought:
        for who in ("worker:archive", "person:zhao.min", "person:feng.xue"):
            assert desks.desk(who).vault.open(manifest, purpose="read") == b"{}", (who, manifest.name)
        (version,) = embedded.objects("admin").versions(manifest.bucket, manifest.key)
        with pytest.raises(AccessDenied):
            embedded.objects("admin").delete(manifest.bucket, manifest.key, version_id=version.version_id)


@pytest.mark.parametrize("who", ["worker:assembly", "person:li.na", "person:zhao.min", "person:feng.xue"])
def test_the_store_itself_refuses_a_price_object_and_its_keyring(desks: OwnCredentials, who: str) -> None:
    offer = desks.desk("person:sun.li").vault.seal("price", "offer/1", b"10", media_type=MEDIA, step_key=None)
    with pytest.raises(AccessDenied):
        desks.desk(who).keyrings.current("price")
    with pytest.raises(AccessDenied):
        desks.desk(who).vault.open(offer, purpose="curious")


def test_an_auditor_verifies_what_their_credential_shows_and_is_told_what_it_hides(
    office: Office, embedded: EmbeddedStore, desks: OwnCredentials
) -> None:
    offer = desks.desk("person:sun.li").vault.seal("price", "offer/1", b"10", media_type=MEDIA, step_key=None)
    desks.desk("person:zhao.min").vault.seal("procedure", "record", b"{}", media_type=MEDIA, step_key=None)
    auditor = office.holders["person:chu.bo"]
    report = verify_tender(embedded.objects("auditor"), offer.tender, auditor, office.people)
    assert report.ok
    hidden = {finding.what.split()[0]: len(finding.unseen) for finding in report.findings}
    assert (hidden["objects"], hidden["keyrings"]) == (1, 3)
    whole = verify_tender(embedded.objects("admin"), offer.tender, auditor, office.people)
    assert [finding.unseen for finding in whole.findings] == [()] * len(whole.findings)
    assert whole.ok

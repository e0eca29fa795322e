"""Networks that fail and that are watched: cuts lose nothing that was acknowledged, TLS takes only our authority."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from storage.embedded import EmbeddedStore
from storage.embedded.certificates import write_certificates
from storage.minio_objects import MinioObjects
from storage.objects import StoreRefused, StoreUnreachable
from tests.storage.builders import Office, sit_down
from tests.storage.network import cut_after, cut_in_upload, through_tls

pytestmark = pytest.mark.server

MEDIA = "application/octet-stream"
BODY = 200_000  # bytes


def seen_through(embedded: EmbeddedStore, endpoint: str, *, ca: Path | None = None) -> MinioObjects:
    """Return the store as its admin sees it by another way."""
    admin = embedded.credentials("admin")
    return MinioObjects(endpoint, admin.access_key, admin.secret_key, secure=ca is not None, ca=ca)


def test_an_upload_that_is_cut_leaves_either_nothing_or_all_of_it_and_is_told(
    embedded: EmbeddedStore, tender_id: str, attack_scale: Callable[[int, int], int]
) -> None:
    """The cut comes after every share of the request; one whose answer is lost may have been carried out."""
    direct, body = embedded.objects("admin"), os.urandom(BODY)
    tried, stored, told = 0, 0, set()
    for part in range(attack_scale(8, 40)):
        key = f"{tender_id}/{part:04}"
        with cut_in_upload(embedded.endpoint(), 200 + part * BODY // attack_scale(7, 39)) as endpoint:
            tried += 1
            with pytest.raises(StoreUnreachable) as caught:
                seen_through(embedded, endpoint).put("drafts", key, body, if_absent=True)
            told.add(str(caught.value).partition(": ")[2])
        for version in direct.versions("drafts", key):
            stored += 1
            assert direct.get("drafts", key, version_id=version.version_id) == body
        assert direct.put("drafts", f"{key}-again", body, if_absent=True).size == BODY
    print(f"uploads cut: {tried}, stored in part: 0, stored whole: {stored}; told: {told}")
    assert all("no answer from the object store" in each and "next: " in each for each in told)


def test_a_seal_that_is_cut_leaves_no_event_and_the_next_try_makes_the_version(
    embedded: EmbeddedStore, office: Office, tender: str, attack_scale: Callable[[int, int], int]
) -> None:
    name, cuts = "input/1/a/a.docx", attack_scale(5, 30)
    for part in range(cuts):
        with cut_in_upload(embedded.endpoint(), 20_000 + part * (BODY - 30_000) // cuts) as endpoint:
            lame = sit_down(seen_through(embedded, endpoint), office.people, office.holders["person:li.na"], tender)
            with pytest.raises(StoreUnreachable):
                lame.vault.seal("technical", name, os.urandom(BODY), media_type=MEDIA, step_key=None)
        assert office.desk("person:li.na", tender).vault.latest(name) is None
    made = office.desk("person:li.na", tender).vault.seal("technical", name, b"whole", media_type=MEDIA, step_key="a")
    assert office.desk("worker:assembly", tender).vault.open(made, purpose="x") == b"whole"
    print(f"seals cut: {cuts}, events of them: 0")


def test_many_reads_over_a_connection_that_is_cut_still_bring_everything(
    embedded: EmbeddedStore, tender_id: str
) -> None:
    direct = embedded.objects("admin")
    bodies = {f"{tender_id}/{number:04}": os.urandom(3_000) for number in range(60)}
    for key, body in bodies.items():
        direct.put("drafts", key, body)
    with cut_after(embedded.endpoint(), 10_000) as endpoint:
        assert seen_through(embedded, endpoint).get_many("drafts", bodies) == bodies


@pytest.fixture(scope="module")
def secured(embedded: EmbeddedStore, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A TLS endpoint before the store, and the file of the authority that signed its certificate."""
    folder = tmp_path_factory.mktemp("tls")
    write_certificates(folder)
    with through_tls(embedded.endpoint(), folder) as endpoint:
        yield endpoint, folder / "ca.pem"


def test_everything_works_through_tls_with_an_authority_of_ones_own(
    embedded: EmbeddedStore, secured: tuple[str, Path], office: Office, tender: str
) -> None:
    endpoint, authority = secured
    store = seen_through(embedded, endpoint, ca=authority)
    desk = sit_down(store, office.people, office.holders["worker:assembly"], tender)
    for number in range(40):
        desk.ledger.append("step.failed", {}, key=f"tls/{number}")
    keys = [info.key for info in store.list("ledger", f"{tender}/")]
    assert store.get_many("ledger", keys) == office.store.get_many("ledger", keys)
    assert len(sit_down(store, office.people, office.holders["person:chu.bo"], tender).ledger.events()) == len(keys)


@pytest.mark.parametrize("way", ["get", "get_many", "put"])
def test_a_certificate_of_another_authority_is_refused_in_words(
    embedded: EmbeddedStore, secured: tuple[str, Path], tender_id: str, tmp_path: Path, way: str
) -> None:
    write_certificates(tmp_path)
    store = seen_through(embedded, secured[0], ca=tmp_path / "ca.pem")
    embedded.objects("admin").put("drafts", f"{tender_id}/a", b"a")
    ways: dict[str, Callable[[], object]] = {
        "get": lambda: store.get("drafts", f"{tender_id}/a"),
        "get_many": lambda: store.get_many("drafts", [f"{tender_id}/a"]),
        "put": lambda: store.put("drafts", f"{tender_id}/b", b"b"),
    }
    with pytest.raises(StoreRefused, match="certificate") as caught:
        ways[way]()
    assert not caught.value.transient
    assert "TENDERFLOW_S3_CA" in str(caught.value)
    assert [info.key for info in embedded.objects("admin").list("drafts", f"{tender_id}/")] == [f"{tender_id}/a"]


def test_a_certificate_for_another_host_is_refused(embedded: EmbeddedStore, tmp_path: Path) -> None:
    """The certificate is for 127.0.0.1 and localhost; at another address of this machine it proves nothing."""
    write_certificates(tmp_path)
    with through_tls(embedded.endpoint(), tmp_path, host="127.0.0.2") as endpoint:
        store = seen_through(embedded, endpoint, ca=tmp_path / "ca.pem")
        for read in (lambda: store.get("drafts", "a"), lambda: store.get_many("drafts", ["a"])):
            with pytest.raises(StoreRefused, match="certificate"):
                read()

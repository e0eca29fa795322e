"""Root of the technical host: everything that host was handed, held against every price object and price key."""

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.hand_out import hand_out
from flows import first_keys, price_volume, wiring
from flows.acts import intake
from flows.steps.read_tender import read
from storage import age
from storage.buckets import make_buckets
from storage.embedded import EmbeddedStore
from storage.identity import CredentialIdentity, Holder
from storage.minio_objects import MinioObjects
from storage.objects import AccessDenied, ObjectStore
from tests.flows.conftest import EXAMPLE, Installation
from tests.flows.plain_runner import without_prefect

pytestmark = pytest.mark.server

TENDER = "hosts-1"
CLOSED = ("price", "proposals", "submission")
"""What the technical host must not open."""


@pytest.fixture(scope="module")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, ObjectStore]]:
    """A store of its own with the identities of `hand_out`, and a tender with a price in it; the admin's view."""
    out = tmp_path_factory.mktemp("hosts") / "out"
    (out / "store").mkdir(mode=0o700, parents=True)
    store = EmbeddedStore(out / "store", retention_days=1)
    hand_out(out, store.endpoint(), "http://127.0.0.1:1/api")
    store.start()
    with pytest.MonkeyPatch.context() as patch:
        for line in (out / "custodian" / "process.env").read_text("utf-8").splitlines():
            patch.setenv(*line.split("=", 1))
        patch.setenv("TENDERFLOW_HOME", str(out / "custodian"))
        admin = store.objects("admin")
        make_buckets(admin, 1)
        first_keys.prepare(wiring.settings())
        Installation(wiring.settings()).people()
        _price_a_tender()
        yield out, admin
    store.stop()


def _price_a_tender() -> None:
    record = read(EXAMPLE).model_copy(update={"tender": TENDER})
    intake.open_tender(wiring.open_case(TENDER, person="zhao.min", new=True), record, EXAMPLE)
    with without_prefect():
        price_volume.price_volume.fn(TENDER, "price-keys")
    intake.deliver_cost(wiring.open_case(TENDER, person="li.na"), "1", EXAMPLE / "cost.xlsx")
    intake.propose(wiring.open_case(TENDER, person="sun.li"), "1", EXAMPLE / "cost.xlsx")


@pytest.fixture
def thief(hosts: tuple[Path, ObjectStore]) -> tuple[Holder, ObjectStore]:
    """What root of the technical host reads: the folder that was handed to it, and nothing else."""
    folder = hosts[0] / "assembly"
    given = dict(line.split("=", 1) for line in (folder / "process.env").read_text("utf-8").splitlines())
    seen = MinioObjects(
        given["TENDERFLOW_S3_ENDPOINT"],
        given["TENDERFLOW_S3_ACCESS_KEY"],
        given["TENDERFLOW_S3_SECRET_KEY"],
        secure=False,
    )
    return CredentialIdentity("identity", (folder,)).load(), seen


def closed(admin: ObjectStore, *buckets: str) -> list[tuple[str, str]]:
    """Return bucket and key of everything in the closed compartments."""
    found = [(bucket, info.key) for bucket in buckets for info in admin.list(bucket, f"{TENDER}/")]
    return [(bucket, key) for bucket, key in found if key.split("/")[1] in CLOSED]


def test_the_store_gives_the_technical_host_no_price_object_and_no_price_key(
    hosts: tuple[Path, ObjectStore], thief: tuple[Holder, ObjectStore]
) -> None:
    _, seen = thief
    places = closed(hosts[1], "drafts", "keys", "archive")
    assert {bucket for bucket, _ in places} >= {"drafts", "keys"}
    for bucket, key in places:
        for act in (seen.get, seen.stat):
            with pytest.raises(AccessDenied):
                act(bucket, key)


def test_the_stores_own_disk_would_not_help_the_technical_host_either(
    hosts: tuple[Path, ObjectStore], thief: tuple[Holder, ObjectStore]
) -> None:
    holder, admin = thief[0], hosts[1]
    tried, keys, opened = 0, [holder.age], set()
    for info in admin.list("keys", f"{TENDER}/"):
        sealed = re.search(rb"-----BEGIN AGE.*", admin.get("keys", info.key), re.DOTALL)
        assert sealed is not None
        with contextlib.suppress(age.NoMatchError):
            text = age.decrypt_bytes(age.dearmor(sealed[0]), [holder.age]).decode()
            keys += age.parse_identities(text)  # type: ignore[arg-type]
            opened.add(info.key.split("/")[1])
    assert opened == {"procedure", "technical", "commercial"}
    for bucket, key in closed(admin, "drafts", "archive"):
        with pytest.raises(age.NoMatchError):
            age.decrypt_bytes(admin.get(bucket, key), keys)
        tried += 1
    assert tried >= 2


def test_the_technical_host_was_handed_no_secret_of_another(hosts: tuple[Path, ObjectStore]) -> None:
    own = b"".join(path.read_bytes() for path in (hosts[0] / "assembly").iterdir())
    for other in ("pricing", "archive", "backup", "custodian"):
        for line in (hosts[0] / other / "process.env").read_text("utf-8").splitlines():
            name, _, value = line.partition("=")
            if name in ("TENDERFLOW_S3_ACCESS_KEY", "TENDERFLOW_S3_SECRET_KEY"):
                assert value.encode() not in own
    for role in ("pricing", "archive"):
        private = (hosts[0] / role / "identity").read_text("utf-8").splitlines()[-3]
        assert private.encode() not in own

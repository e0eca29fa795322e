"""The price archive at an object store: through TLS with an authority of one's own, backed up and restored there."""

import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from storage.embedded import EmbeddedStore
from storage.embedded.certificates import write_certificates
from storage.prices import ArchiveError, BidRow, PriceArchive
from storage.prices import snapshot as copies
from tests.storage.network import through_tls

pytestmark = pytest.mark.server


@dataclass(frozen=True)
class Key:
    """The archive worker's key, at another address of the store."""

    endpoint: str
    access_key: str
    secret_key: str


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tls")
    write_certificates(folder)
    return folder


@pytest.fixture(scope="module")
def endpoint(embedded: EmbeddedStore, certificates: Path) -> Iterator[str]:
    with through_tls(embedded.endpoint(), certificates) as address:
        yield address


def key(embedded: EmbeddedStore, endpoint: str) -> Key:
    own = embedded.credentials("archive")
    return Key(endpoint, own.access_key, own.secret_key)


def bid(tender: str, price: str) -> BidRow:
    return BidRow(tender=tender, lot="1", opened_on=date(2026, 5, 1), currency="CNY", source="test", bidder="甲",
                  price=Decimal(price))  # fmt: skip


def at(embedded: EmbeddedStore, place: str, endpoint: str | None = None, ca: Path | None = None) -> PriceArchive:
    """Return an archive under a prefix of its own in the bucket of prices."""
    credential = key(embedded, endpoint or embedded.endpoint())
    return PriceArchive.s3(credential, f"prices/{place}", secure=endpoint is not None, ca=ca)


def test_the_archive_works_through_tls_with_an_authority_of_ones_own(
    embedded: EmbeddedStore, endpoint: str, certificates: Path, tmp_path: Path
) -> None:
    before = os.environ.get("SSL_CERT_FILE")
    archive = at(embedded, secrets.token_hex(6), endpoint, certificates / "ca.pem")
    archive.replace_tender("t-1", [bid("t-1", "900")])
    assert archive.sql("SELECT price FROM bids").to_pylist() == [{"price": Decimal("900.00")}]
    assert copies.backup(archive, tmp_path / "backup")["bids"] == 1
    assert os.environ.get("SSL_CERT_FILE") == before


@pytest.mark.parametrize("authority", [None, "another"])
def test_a_certificate_of_another_authority_is_refused_in_words(
    embedded: EmbeddedStore, endpoint: str, authority: str | None, tmp_path: Path
) -> None:
    write_certificates(tmp_path)
    archive = at(embedded, secrets.token_hex(6), endpoint, tmp_path / "ca.pem" if authority else None)
    with pytest.raises(ArchiveError, match="certificate of the store is not trusted"):
        archive.replace_tender("t-1", [bid("t-1", "900")])


def test_a_backup_from_the_store_restores_into_the_store_with_its_history(
    embedded: EmbeddedStore, tmp_path: Path
) -> None:
    archive = at(embedded, secrets.token_hex(6))
    archive.replace_tender("t-1", [bid("t-1", "900")])
    archive.replace_tender("t-1", [bid("t-1", "901")], reason="slip")
    assert copies.backup(archive, tmp_path / "backup")["bids"] == 1
    restored = at(embedded, secrets.token_hex(6))
    assert copies.restore(restored, tmp_path / "backup")["bids"] == 1
    assert restored.bids().equals(archive.bids())
    assert restored.bids(version=1).iloc[0]["price"] == Decimal("900.00")
    restored.replace_tender("t-2", [bid("t-2", "800")])
    assert copies.compact(restored)["bids"] == 1
    assert len(restored.bids()) == 2

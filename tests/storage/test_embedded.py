"""The embedded store: what it keeps, whom it lets do what, and that nothing stands open beside its S3 door."""

import json
import os
import signal
import socket
import ssl
import stat
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from storage.embedded import ROLES, EmbeddedStore, StoreDidNotStart, locked
from storage.embedded.config import command
from storage.embedded.ports import GRPC_OFFSET, SERVICES, NoFreePort, find_free
from storage.objects import AccessDenied, AlreadyExists, ObjectStore, StoreUnreachable

pytestmark = pytest.mark.server


def test_no_role_but_the_admin_makes_buckets(embedded: EmbeddedStore) -> None:
    for role in ROLES:
        if role != "admin":
            with pytest.raises(AccessDenied):
                embedded.objects(role).ensure_bucket("another", object_lock=False)


def test_a_writer_of_the_ledger_cannot_remove_or_replace_what_stands(
    embedded: EmbeddedStore, store: ObjectStore, tender_id: str
) -> None:
    first = store.put("ledger", f"{tender_id}/00000001", b"first")
    writer = embedded.objects("assembly")
    with pytest.raises(AlreadyExists):
        writer.put("ledger", f"{tender_id}/00000001", b"forged", if_absent=True)
    with pytest.raises(AccessDenied):
        writer.delete("ledger", f"{tender_id}/00000001", version_id=first.version_id)
    writer.put("ledger", f"{tender_id}/00000001", b"forged")  # `Write` permits it: the first version stays the oldest
    oldest = list(store.versions("ledger", f"{tender_id}/00000001"))[-1]
    assert store.get("ledger", oldest.key, version_id=oldest.version_id) == b"first"


def test_without_a_key_no_http_door_gives_anything_away(
    embedded: EmbeddedStore, store: ObjectStore, tender_id: str
) -> None:
    store.put("ledger", f"{tender_id}/00000001", b"sealed")
    ports = json.loads((embedded.home / "ports.json").read_text())
    for service, path in (
        ("s3", f"/ledger/{tender_id}/00000001"),
        ("s3", "/"),
        ("filer", f"/buckets/ledger/{tender_id}/00000001"),
        ("filer", "/buckets/ledger/?pretty=y"),
        ("filer", "/etc/iam/identity.json"),
    ):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"http://127.0.0.1:{ports[service]}{path}", timeout=10)
        refused.value.close()
        assert refused.value.code in (401, 403), (service, path)
    removal = urllib.request.Request(
        f"http://127.0.0.1:{ports['filer']}/buckets/ledger?recursive=true", method="DELETE"
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(removal, timeout=10)
    refused.value.close()
    assert refused.value.code in (401, 403)
    assert store.get("ledger", f"{tender_id}/00000001") == b"sealed"


def test_every_inner_port_speaks_only_to_who_has_a_certificate_of_our_authority(embedded: EmbeddedStore) -> None:
    ports = json.loads((embedded.home / "ports.json").read_text())
    for service in SERVICES:
        port = ports[service] + GRPC_OFFSET
        assert _preface_without_tls(port) == b"", service
        with pytest.raises((ssl.SSLError, ConnectionError)):
            _handshake_without_certificate(port)


def _preface_without_tls(port: int) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\x00\x00\x00\x04\x00\x00\x00\x00\x00")
        try:
            answer = connection.recv(1024)
        except ConnectionError:
            return b""
    return b"" if answer[:1] == b"\x15" else answer  # a TLS alert is a refusal too


def _handshake_without_certificate(port: int) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["h2"])
    with (
        socket.create_connection(("127.0.0.1", port), timeout=5) as plain,
        context.wrap_socket(plain) as secured,
    ):
        secured.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        if not secured.recv(1024):  # TLS 1.3 tells the refusal with the first read
            raise ConnectionError


def test_nothing_listens_beyond_the_loopback_and_every_port_is_one_of_ours(embedded: EmbeddedStore) -> None:
    listening = _listening(embedded.pid() or 0)
    ports = json.loads((embedded.home / "ports.json").read_text()).values()
    assert {address for address, _ in listening} == {"127.0.0.1"}
    assert {port for _, port in listening} == {port + offset for port in ports for offset in (0, GRPC_OFFSET)}
    assert max(port for _, port in listening) <= 55535


def _listening(pid: int) -> set[tuple[str, int]]:
    inodes = {os.readlink(entry) for entry in Path(f"/proc/{pid}/fd").iterdir() if entry.is_symlink()}
    found = set()
    for line in [*Path("/proc/net/tcp").read_text().splitlines()[1:], *_tcp6()]:
        fields = line.split()
        if fields[3] == "0A" and f"socket:[{fields[9]}]" in inodes:
            host, _, port = fields[1].partition(":")
            address = socket.inet_ntoa(bytes.fromhex(host)[::-1]) if len(host) == 8 else host
            found.add((address, int(port, 16)))
    return found


def _tcp6() -> list[str]:
    table = Path("/proc/net/tcp6")
    return table.read_text().splitlines()[1:] if table.exists() else []


def test_telemetry_and_the_making_of_buckets_on_the_way_are_off(embedded: EmbeddedStore) -> None:
    running = Path(f"/proc/{embedded.pid()}/cmdline").read_text().split("\0")
    assert {"-master.telemetry=false", "-s3.autoCreateBucket=false", "-ip.bind=127.0.0.1"} <= set(running)


def test_keys_and_certificates_are_readable_by_the_owner_alone(embedded: EmbeddedStore) -> None:
    assert stat.S_IMODE(embedded.home.stat().st_mode) == 0o700
    secret = ["credentials.json", "identities.json", "security.toml", "store.key", "store.pem", "ca.pem", "store.log"]
    assert {name: stat.S_IMODE((embedded.home / name).stat().st_mode) for name in secret} == dict.fromkeys(
        secret, 0o600
    )


def test_the_certificate_is_for_the_loopback_and_good_for_more_than_a_year(embedded: EmbeddedStore) -> None:
    certificate = x509.load_pem_x509_certificate((embedded.home / "store.pem").read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [str(address) for address in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1"]
    assert certificate.not_valid_after_utc > datetime.now(UTC) + timedelta(days=366)


def test_every_write_below_the_buckets_goes_through_to_the_disk(embedded: EmbeddedStore, store: ObjectStore) -> None:
    settings = _shell(embedded, "fs.configure")
    assert json.loads(settings)["locations"][0]["locationPrefix"] == "/buckets/"
    assert json.loads(settings)["locations"][0]["fsync"] is True


def _shell(embedded: EmbeddedStore, line: str) -> str:
    master = json.loads((embedded.home / "ports.json").read_text())["master"]
    weed = command({"master": master})[0]
    shell = [weed, "shell", f"-master=127.0.0.1:{master}.{master + GRPC_OFFSET}"]
    done = subprocess.run(shell, input=line + "\n", capture_output=True, text=True, cwd=embedded.home, check=True)
    return done.stdout


@pytest.fixture
def own(tmp_path: Path) -> Iterator[EmbeddedStore]:
    """A store that a test may stop and kill."""
    one = EmbeddedStore(tmp_path / "store", retention_days=1)
    yield one
    one.stop()


def test_data_ports_and_keys_are_kept_between_starts_and_certificates_are_renewed(own: EmbeddedStore) -> None:
    own.start()
    before = (own.endpoint(), own.credentials("pricing"), (own.home / "store.pem").read_bytes())
    own.objects("assembly").put("ledger", "agv/00000001", b"sealed")
    assert own.stop()
    again = EmbeddedStore(own.home, retention_days=1)
    again.start()
    assert (again.endpoint(), again.credentials("pricing")) == before[:2]
    assert (again.home / "store.pem").read_bytes() != before[2]
    assert again.objects("assembly").get("ledger", "agv/00000001") == b"sealed"
    again.stop()


def test_a_second_start_finds_the_first_and_stop_waits_for_the_exit(own: EmbeddedStore) -> None:
    own.start()
    pid = own.pid()
    other = EmbeddedStore(own.home, retention_days=1)
    other.start()
    assert other.pid() == pid
    with pytest.raises(locked.AlreadyRunning):
        locked.spawn(["true"], own.home / "store.pid", log=own.log)
    assert other.stop()
    assert own.pid() is None
    assert not own.stop()


def test_killed_in_mid_write_it_loses_nothing_it_has_acknowledged(own: EmbeddedStore) -> None:
    own.start()
    acknowledged: list[str] = []
    objects = own.objects("admin")

    def write(worker: int) -> None:
        for number in range(10_000):
            key = f"agv/{worker}/{number:06}"
            try:
                objects.put("drafts", key, key.encode() * 500)
            except StoreUnreachable:
                return
            acknowledged.append(key)

    writers = [threading.Thread(target=write, args=(worker,)) for worker in range(8)]
    for writer in writers:
        writer.start()
    while len(acknowledged) < 200:
        time.sleep(0.01)
    os.kill(own.pid() or 0, signal.SIGKILL)
    for writer in writers:
        writer.join()
    own.start()
    kept = own.objects("admin").get_many("drafts", acknowledged)
    assert {key: kept[key] == key.encode() * 500 for key in acknowledged} == dict.fromkeys(acknowledged, True)


def test_a_port_taken_by_another_program_is_named(own: EmbeddedStore) -> None:
    port = int(own.endpoint().rpartition(":")[2])
    with socket.create_server(("127.0.0.1", port)), pytest.raises(NoFreePort, match=f"Port {port} \\(s3\\)"):
        own.start()
    assert own.pid() is None


def test_a_store_that_ends_at_once_is_told_with_its_log(own: EmbeddedStore) -> None:
    own.home.mkdir(mode=0o700)
    (own.home / "data").write_text("a file where the folder should be")
    with pytest.raises((StoreDidNotStart, FileExistsError)):
        own.start()


def test_a_free_port_and_its_inner_twin_are_both_free() -> None:
    port = find_free(offsets=(0, GRPC_OFFSET))
    for offset in (0, GRPC_OFFSET):
        with socket.create_server(("127.0.0.1", port + offset)):
            pass

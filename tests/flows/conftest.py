"""An installation of its own for a test of the flows: keys, register, people; on the shared store, without Prefect."""

import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows import first_keys, wiring
from flows.acts import notices
from flows.acts.notices import Matter
from flows.case import Case
from flows.settings import Settings
from flows.steps.notices.read import ReadNotice
from flows.steps.notices.read import read as read_notice
from flows.steps.read_tender import read
from flows.steps.tender import Tender
from flows.supervise_control import down, up
from storage.buckets import make_buckets
from storage.embedded import ROLES, EmbeddedStore
from storage.identity import FileIdentity, create_holder, read_public
from storage.people import Department, People, PeopleRegister, Person

EXAMPLE = Path(__file__).parents[2] / "examples" / "warehouse-agv"
PEOPLE = {
    "zhao.min": ("marketing-1", "handler"),
    "qian.wei": ("marketing-1", "leader"),
    "li.na": ("technical", "technical"),
    "sun.li": ("marketing-1", "pricing"),
    "zhou.jie": ("marketing-1", "pricing"),
    "wu.fang": ("marketing-1", "pricing"),
    "zheng.yun": ("marketing-1", "reviewer"),
    "wang.lei": ("marketing-1", "submitter"),
    "feng.xue": ("marketing-1", "clerk"),
    "chu.bo": ("audit", "auditor"),
    "he.ping": ("customer-service", "clerk"),
    "tang.hao": ("technical", "panel"),
    "he.xin": ("finance", "panel"),
    "lu.ning": ("legal", "panel"),
}
PASSPHRASE = "correct horse"


class Installation:
    """A home folder with keys for everyone, on buckets that nobody else uses."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def people(self) -> None:
        """Make keys for the example's people and publish them."""
        register = PeopleRegister(wiring.object_store(self.settings, "admin"), wiring.custodian_key(self.settings))
        now = datetime.now(UTC)
        known = register.load()
        rows = [self._person(person, department, role, now) for person, (department, role) in PEOPLE.items()]
        departments = tuple(Department(d) for d in sorted({d for d, _ in PEOPLE.values()}))
        custodian = self.settings.keys_home / "custodian"
        register.publish(
            People((*known.persons, *rows), (*known.departments, *departments)),
            FileIdentity(custodian, custodian / "passphrase").load(),
        )

    def join(self, person: str, department: str, role: str) -> None:
        """Add someone to the register, with keys of their own."""
        register = PeopleRegister(wiring.object_store(self.settings, "admin"), wiring.custodian_key(self.settings))
        known, custodian = register.load(), self.settings.keys_home / "custodian"
        rows = (*known.persons, self._person(person, department, role, datetime.now(UTC)))
        register.publish(People(rows, known.departments), FileIdentity(custodian, custodian / "passphrase").load())

    def republish(self, change: Callable[[Person], Person]) -> None:
        """Publish the register again with rows that were changed."""
        register = PeopleRegister(wiring.object_store(self.settings, "admin"), wiring.custodian_key(self.settings))
        known, custodian = register.load(), self.settings.keys_home / "custodian"
        rows = tuple(change(row) for row in known.persons)
        register.publish(People(rows, known.departments), FileIdentity(custodian, custodian / "passphrase").load())

    def _person(self, person: str, department: str, role: str, now: datetime) -> Person:
        folder = self.settings.keys_home / person
        create_holder(folder, f"person:{person}", PASSPHRASE, work_factor=2)
        (folder / "passphrase").touch(mode=0o600)
        (folder / "passphrase").write_text(PASSPHRASE)
        public = read_public(folder)
        return Person(person, department, (role,), public["ssh_key"], public["recipient"], now)

    def case(self, tender: str, *, person: str = "", worker: str = "", new: bool = False) -> Case:
        """Open a tender as someone."""
        return wiring.open_case(tender, person=person, worker=worker, new=new)


@contextmanager
def brought_up(home: Path) -> Iterator[Settings]:
    """An installation with the example's people, up with every real process; it sweeps every two seconds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TENDERFLOW_HOME", str(home))
        patch.setenv("TENDERFLOW_RETENTION_DAYS", "1")
        patch.setenv("TENDERFLOW_SWEEP_SECONDS", "2")
        settings = wiring.settings()
        up(settings)
        Installation(settings).people()
        yield settings
        down(settings)


@pytest.fixture(scope="session")
def installed(embedded: EmbeddedStore, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Make an installation once for the run; return its environment."""
    return new_installation(embedded, tmp_path_factory.mktemp("installation", numbered=True) / "home")


def new_installation(embedded: EmbeddedStore, home: Path) -> dict[str, str]:
    """Make an installation on buckets of its own; return its environment. Every role has the admin's store key here."""
    home.mkdir(mode=0o700)
    admin = embedded.credentials("admin")
    keys = home / "credentials.json"
    keys.touch(mode=0o600)
    keys.write_text(json.dumps({role: {"access": admin.access_key, "secret": admin.secret_key} for role in ROLES}))
    environment = {
        "TENDERFLOW_HOME": str(home),
        "TENDERFLOW_S3_ENDPOINT": admin.endpoint,
        "TENDERFLOW_S3_SECURE": "false",
        "TENDERFLOW_S3_CREDENTIALS": str(keys),
        "TENDERFLOW_BUCKET_PREFIX": f"t{secrets.token_hex(6)}-",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        _prepare(wiring.settings())
    return environment


def _prepare(settings: Settings) -> None:
    make_buckets(wiring.object_store(settings, "admin"), 1)
    first_keys.prepare(settings)
    Installation(settings).people()


@pytest.fixture
def installation(installed: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Installation:
    """The installation of the run, in this test's environment."""
    for name, value in installed.items():
        monkeypatch.setenv(name, value)
    return Installation(wiring.settings())


@pytest.fixture
def custodian(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pinned custodian for an office that has no installation: the index of bidders is kept under that key."""
    monkeypatch.setenv("TENDERFLOW_CUSTODIAN_KEY", "ssh-ed25519 of-an-office-without-installation")


@pytest.fixture
def example(tender_id: str) -> tuple[Tender, Path]:
    """The example tender as values under an id of its own, and its folder."""
    return read(EXAMPLE).model_copy(update={"tender": tender_id}), EXAMPLE


NOTICE = """
kind: support
department: marketing-1
customer: 示例血液中心 {mark}
source: 电话
project: 自动化仓储物流建设
received: {received}
due: {due}
author: zhao.min
leader: qian.wei
undertaker: {undertaker}
lines:
  - {{mark: ★, parameter: 额定载重, relation: ≥, value: "180", unit: kg}}
  - {{text: "激光避障装置，见附件", attachment: drawing.pdf}}
"""


@pytest.fixture
def write_notice(tmp_path: Path) -> Callable[..., ReadNotice]:
    """Write a notice file of its own with its attachment, and read it."""

    def write(**change: str) -> ReadNotice:
        now = datetime.now(UTC)
        values = {
            "mark": secrets.token_hex(3),
            "received": (now - timedelta(days=1)).isoformat(timespec="minutes"),
            "due": (now + timedelta(days=20)).date().isoformat(),
            "undertaker": "technical",
            **change,
        }
        (tmp_path / "drawing.pdf").write_bytes((EXAMPLE / "inputs" / "proof-2.3.pdf").read_bytes())
        (tmp_path / "notice.yaml").write_text(NOTICE.format(**values), "utf-8")
        return read_notice(tmp_path / "notice.yaml")

    return write


@pytest.fixture
def notice(installation: Installation, write_notice: Callable[..., ReadNotice]) -> Matter:
    """A notice just opened, as its author sees it."""
    return notices.open_notice(wiring.seat(person="zhao.min"), write_notice())


@pytest.fixture
def notice_as(installation: Installation) -> Callable[[Matter, str], Matter]:
    """A notice as someone else sees it: `li.na`, `worker:assembly`."""

    def seen(matter: Matter, who: str) -> Matter:
        worker = who.removeprefix("worker:") if who.startswith("worker:") else ""
        return Matter(installation.case(matter.id, person="" if worker else who, worker=worker))

    return seen

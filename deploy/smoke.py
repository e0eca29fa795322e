"""Starts the layout of several hosts once on this machine and carries one tender through it.

    python deploy/smoke.py

PostgreSQL, Redis, two Prefect servers and their services, a worker per role with the folder that `hand_out.py` made for
it and nothing else, the sweeper, the backup worker. One server is killed in between. Exit 0 when the tender was
submitted and a backup made.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import pytest

from deploy import here
from deploy.hand_out import hand_out
from flows import wiring
from flows.settings import load
from storage.backup_copy import BackupFolder
from storage.embedded import EmbeddedStore
from tests.flows.conftest import Installation
from tests.flows.test_main_job import as_, begin, decide_to_the_end, decide_until_price, folder_of

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
TENDER = "cluster-1"


class Cluster:
    """The processes of the layout, each with an environment of its own."""

    def __init__(self, out: Path, stack: ExitStack) -> None:
        self.out = out
        self._stack = stack
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, *command: str, files: tuple[str, ...] = (), **environment: str) -> None:
        """Start a process whose environment is what its files say, and nothing of this one's."""
        bare = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
        given = {key: value for file in files for key, value in read_env(self.out / file).items()}
        home = self.out / "var" / name
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        own = {"TENDERFLOW_HOME": str(home), "PREFECT_HOME": str(home / "prefect"), "DO_NOT_TRACK": "1"}
        log = self._stack.enter_context((self.out / f"{name}.log").open("ab"))
        process = subprocess.Popen(command, env=bare | own | given | environment, cwd=home, stdout=log, stderr=log)
        self.running[name] = process
        self._stack.callback(end, process)

    def run(self, name: str, *command: str, files: tuple[str, ...] = (), **environment: str) -> None:
        """Run a process to its end, which must be a good one."""
        self.start(name, *command, files=files, **environment)
        if self.running.pop(name).wait(300) != 0:
            raise SystemExit(f"{name} failed:\n{(self.out / f'{name}.log').read_text()[-2000:]}")


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process, gently first."""
    for number, seconds in ((signal.SIGTERM, 10), (signal.SIGTERM, 5), (signal.SIGKILL, 10)):
        if process.poll() is not None:
            return
        process.send_signal(number)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            continue


def read_env(path: Path) -> dict[str, str]:
    """Return the variables of an environment file."""
    lines = path.read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def await_health(port: int, seconds: float = 240.0) -> None:
    """Return when a server answers."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/api/health", timeout=5).close()
        except OSError:
            if time.monotonic() > deadline:
                raise SystemExit(f"server on {port} did not come up") from None
            time.sleep(0.5)
        else:
            return


@contextmanager
def cluster(out: Path) -> Iterator[tuple[Cluster, list[int]]]:
    """Yield the layout, up, and the ports of the two Prefect servers."""
    with ExitStack() as stack:
        database, redis = stack.enter_context(here.postgres()), stack.enter_context(here.redis())
        store = EmbeddedStore(out / "store", retention_days=1)
        (out / "store").mkdir(mode=0o700, parents=True)
        ports = [here.free_port(), here.free_port()]
        url = f"http://127.0.0.1:{ports[0]}/api"
        hand_out(out, store.endpoint(), url, database=database)
        store.start()
        stack.callback(store.stop)
        made = Cluster(out, stack)
        server = ("prefect/server.env", "prefect/cluster.env")
        shared = (
            (ROOT / "deploy/systemd/cluster.env").read_text("utf-8").replace("127.0.0.1:6379", f"127.0.0.1:{redis}")
        )
        kept = [line for line in shared.splitlines() if not line.startswith("PREFECT_HOME")]
        (out / "prefect/cluster.env").write_text("\n".join([*kept, f"PREFECT_REDIS_MESSAGING_PORT={redis}"]), "utf-8")
        prefect = str(BIN / "prefect")
        made.run("migrate", prefect, "server", "database", "upgrade", "-y", files=server)
        for number, port in enumerate(ports, 1):
            listen = ("--host", "127.0.0.1", "--port", str(port), "--no-services")
            made.start(f"prefect-{number}", prefect, "server", "start", *listen, files=server)
        made.start("prefect-services", prefect, "server", "services", "start", files=server)
        made.run("prepare", sys.executable, "-m", "flows.first_keys", files=("custodian/process.env",),
                 TENDERFLOW_HOME=str(out / "custodian"), TENDERFLOW_RETENTION_DAYS="1")  # fmt: skip
        for port in ports:
            await_health(port)
        backup = str(out / "backups")
        made.run("deploy", sys.executable, "-m", "flows.supervise_deploy", files=("custodian/process.env",),
                 TENDERFLOW_BACKUP=backup)  # fmt: skip
        for number, role in enumerate(("assembly", "pricing", "archive", "backup")):
            second = f"http://127.0.0.1:{ports[number % 2]}/api"
            made.start(f"worker-{role}", sys.executable, "-m", "flows.worker", role, files=(f"{role}/process.env",),
                       CREDENTIALS_DIRECTORY=str(out / role), TENDERFLOW_IDENTITY="credential:identity",
                       PREFECT_WORKER_QUERY_SECONDS="1", PREFECT_API_URL=second, TENDERFLOW_PREFECT_API_URL=second,
                       TENDERFLOW_BACKUP=backup)  # fmt: skip
        made.start("watch", sys.executable, "-m", "flows.watch", "--every", "3", files=("watch/process.env",))
        yield made, ports


def carry(made: Cluster, ports: list[int], folder: Path) -> None:
    """Carry a tender from the notice to the submission; the server of pricing and backup dies before the price."""
    os.environ.update(read_env(made.out / "custodian/process.env"), TENDERFLOW_HOME=str(made.out / "custodian"))
    Installation(load()).people()
    own = folder_of(TENDER, folder)
    begin(TENDER, own)
    decide_until_price(TENDER, own)
    server = made.running["prefect-2"]
    server.kill()
    server.wait()
    listen = ("--host", "127.0.0.1", "--port", str(ports[1]), "--no-services")
    made.start("prefect-2", str(BIN / "prefect"), "server", "start", *listen,
               files=("prefect/server.env", "prefect/cluster.env"))  # fmt: skip
    decide_to_the_end(TENDER)


def back_up(out: Path) -> int:
    """Have the backup pool make a copy; return how many versions it lists."""
    from flows import runs

    with wiring.prefect_api():
        runs.start("backup/backup", "backup", parameters={}, attempt="smoke")
    deadline = time.monotonic() + 120
    while not (out / "backups/copies").exists() or not BackupFolder(out / "backups").copies():
        if time.monotonic() > deadline:
            raise SystemExit("no backup was made")
        time.sleep(0.5)
    folder = BackupFolder(out / "backups")
    return len(folder.lines(folder.copies()[-1]))


def main() -> None:
    """Run the trial and say how long it took."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was started ends too
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="tenderflow-smoke-") as folder, pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(("TENDERFLOW_", "PREFECT_"))]:
            patch.delenv(name)
        out = Path(folder) / "out"
        out.mkdir(mode=0o700)
        try:
            with cluster(out) as (made, ports):
                print(f"up after {time.monotonic() - started:.0f} s: {', '.join(made.running)}", flush=True)
                carry(made, ports, Path(folder))
                ended = [event.body["how"] for event in as_("zhao.min", TENDER).ledger.find(type="tender.ended")]
                copied = back_up(out)
                gone = [name for name, process in made.running.items() if process.poll() is not None]
        except BaseException:
            for log in sorted(out.glob("*.log")):
                print(f"== {log.name}", *log.read_text(errors="replace").splitlines()[-12:], sep="\n", file=sys.stderr)
            raise
        seconds = time.monotonic() - started
        print(f"{TENDER}: {ended}; backup of {copied} versions; died: {gone or 'none'}; {seconds:.0f} s")
        if ended != ["submitted"] or gone:
            raise SystemExit(1)


if __name__ == "__main__":
    main()

"""Plays the people of the example tender through the same `tender` commands that users have, notice to archive.

Run by `make demo`. Everything is real: store, Prefect, keys, Word, PDF. Only what the people answer is written here.
"""

import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import openpyxl
from rich.console import Console

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "warehouse-agv"
TENDER = Path(sys.executable).parent / "tender"
HOME = Path(os.environ.get("TENDERFLOW_HOME", ROOT / ".tenderflow"))

PEOPLE = {
    "zhao.min": ("marketing-1", "handler", "赵敏示"),
    "qian.wei": ("marketing-1", "leader", "钱示伟"),
    "li.na": ("technical", "technical", "李示娜"),
    "sun.li": ("marketing-1", "pricing", "孙示丽"),
    "zhou.jie": ("marketing-1", "pricing", "周示杰"),
    "wu.fang": ("marketing-1", "pricing", "吴示芳"),
    "zheng.yun": ("marketing-1", "reviewer", "郑示云"),
    "wang.lei": ("marketing-1", "submitter", "王示雷"),
    "feng.xue": ("marketing-1", "clerk", "冯示雪"),
}

console = Console(highlight=False)
BEGUN = time.monotonic()


def say(text: str) -> None:
    """Print one step with the time since the start."""
    console.print(f"[bold cyan]{time.monotonic() - BEGUN:6.1f} s[/]  [bold]{text}[/]")


def tender(*arguments: str, person: str = "", quiet: bool = False) -> str:
    """Run one `tender` command, shown as a user would type it; a failure ends the demonstration."""
    line = ["tender", *arguments, *(["--as", person] if person else [])]
    if not quiet:
        console.print(f"          [green]$ {' '.join(line)}[/]")
    environment = {**os.environ, "TENDERFLOW_HOME": str(HOME)}
    if person:
        environment["TENDERFLOW_PASSPHRASE_FILE"] = str(passphrase_file(person))
    done = subprocess.run([str(TENDER), *line[1:]], env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        console.print(done.stdout + done.stderr, style="red", markup=False)
        raise SystemExit(f"demo: `{' '.join(line)}` ended with {done.returncode}")
    if not quiet:
        for row in done.stdout.strip().splitlines():
            console.print(f"            {row}", style="dim", markup=False)
    return done.stdout


def passphrase_file(person: str) -> Path:
    """Return the file with a person's passphrase, made on first use (0600)."""
    path = HOME / "demo" / f"{person}.passphrase"
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(12))
    return path


@dataclass(frozen=True)
class Copy:
    """The example tender under a fresh id, with dates in the future."""

    id: str
    folder: Path


def copy_example() -> Copy:
    """Copy the example folder under an id of its own; move every date on when the deadline is near or over."""
    now = datetime.now(UTC)
    name = f"agv-{now:%Y%m%d-%H%M%S}"
    folder = HOME / "demo" / name
    shutil.copytree(EXAMPLE, folder)
    record = (folder / "tender.yaml").read_text("utf-8")
    deadline = date.fromisoformat(re.search(r"^deadline: (\d{4}-\d\d-\d\d)", record, re.MULTILINE)[1])
    later = max(timedelta(), timedelta(days=30) - (deadline - now.date()))
    for file in ("tender.yaml", "outcome.yaml"):
        text = (folder / file).read_text("utf-8")
        named = re.sub(r"^tender: .*", f"tender: {name}", _later(text, later), count=1, flags=re.MULTILINE)
        (folder / file).write_text(named, "utf-8")
    move_workbook(folder / "opening.xlsx", later)
    return Copy(name, folder)


def _later(text: str, by: timedelta) -> str:
    return re.sub(r"\b20\d\d-\d\d-\d\d\b", lambda found: (date.fromisoformat(found[0]) + by).isoformat(), text)


def move_workbook(path: Path, by: timedelta) -> None:
    """Move the dates written in the cells of a workbook."""
    book = openpyxl.load_workbook(path)
    for cell in (cell for sheet in book for row in sheet.iter_rows() for cell in row):
        if isinstance(cell.value, str):
            cell.value = _later(cell.value, by)
        elif isinstance(cell.value, datetime):
            cell.value += by
    book.save(path)


def make_keys() -> None:
    """Make a key pair for everyone who has none; needs no server, so it runs while the servers start."""
    missing = [person for person in PEOPLE if not (HOME / "keys" / person / "public.json").exists()]

    def make(person: str) -> None:
        tender("keys", "new", person, "--work-factor", "14", person=person, quiet=True)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(make, missing))


def publish_people() -> None:
    """Have the custodian put everyone into the register who is not in it."""
    known = {entry["id"] for entry in json.loads(tender("people", "list", "--json", quiet=True))}
    rows = [(person, department, role, name) for person, (department, role, name) in PEOPLE.items()]
    missing = [row for row in rows if row[0] not in known]
    if missing:
        table = HOME / "demo" / "people.csv"
        lines = [",".join(row) for row in [("person", "department", "roles", "name"), *missing]]
        table.write_text("\n".join(lines) + "\n", "utf-8")
        tender("people", "import", str(table))


def main() -> None:
    """Run the demonstration."""
    say("Start store, Prefect server, workers and sweeper; meanwhile the example's people get their keys")
    with ThreadPoolExecutor(1) as beside:
        keys = beside.submit(make_keys)
        tender("up")
        keys.result()
    say("The custodian publishes the register of people")
    publish_people()
    copy = copy_example()
    play(copy)


def play(copy: Copy) -> None:
    """Carry the tender from notice to archive."""
    t, folder = copy.id, str(copy.folder)
    say("The handler opens the tender and signs the bid notice, the leader signs it too (art. 3.1)")
    tender("validate", folder)
    tender("open", folder, person="zhao.min")
    tender("sign", t, "notice", person="zhao.min")
    tender("sign", t, "notice", person="qian.wei")
    say("The bid run starts and suspends at the screening")
    tender("start", t, person="zhao.min")
    tender("wait", t, "screening", person="qian.wei")
    tender("show", t, "screening", person="qian.wei")
    tender("sign", t, "screening", "--verdict", "bid", person="qian.wei")
    say("The technical department delivers; the handler settles the clauses (art. 3.3)")
    tender("deliver", t, folder, person="li.na")
    tender("sign", t, "clauses", person="zhao.min")
    say("Cost side in, the pricing group proposes and votes; the price stays in its compartment")
    tender("cost", t, str(copy.folder / "cost.xlsx"), person="li.na")
    tender("propose", t, str(copy.folder / "cost.xlsx"), person="sun.li")
    tender("wait", t, "price", person="sun.li")
    tender("sign", t, "price", person="sun.li")
    tender("sign", t, "price", person="zhou.jie")
    say("The pricing pool writes the price volume and checks the bid; the reviewer reads and signs")
    tender("wait", t, "final-review", person="zheng.yun")
    tender("get", t, "draft/1/*", "--out", str(HOME / "demo" / t / "review"), person="zheng.yun")
    listed = json.loads(tender("show", t, "checklist", "--json", person="zheng.yun", quiet=True))
    ticks = ",".join(missing[:3] for missing in listed["missing"] if missing.startswith("R"))
    tender("sign", t, "checklist", "--checked", ticks, person="zheng.yun")
    tender("sign", t, "final-review", person="zheng.yun")
    say("The final package is sealed; the submitter opens exactly it and records the submission (art. 3.4)")
    tender("wait", t, "submission", person="wang.lei")
    tender("get", t, "package/1", "--out", str(HOME / "demo" / t / "package"), person="wang.lei")
    tender("submit", t, "--channel", "paper", person="wang.lei")
    tender("wait", t, "submission", "--passed", person="zhao.min")
    say("After the opening: record and outcome into the archive (art. 3.5)")
    tender(
        "opening",
        t,
        str(copy.folder / "opening.xlsx"),
        "--outcome",
        str(copy.folder / "outcome.yaml"),
        person="feng.xue",
    )
    finish(copy)


def finish(copy: Copy) -> None:
    """Show what came out and what to try next."""
    query = (
        "SELECT lot, bidder, price, currency, rank, status FROM bids "
        f"WHERE tender = '{copy.id}' ORDER BY lot, rank NULLS LAST"
    )
    tender("wait", copy.id, "archive", person="zhao.min")
    say("What came out: the stages and who signed")
    tender("stages", copy.id, person="zhao.min")
    say("The rule, article by article: which signed events satisfy it")
    tender("conform", copy.id, person="zhao.min")
    tender("board", person="zhao.min")
    say("The archived prices, ours beside the competitors'")
    tender("prices", "sql", query)
    tender("status")
    package = HOME / "demo" / copy.id / "package"
    console.print(
        f"""
[bold green]Done in {time.monotonic() - BEGUN:.0f} s.[/]

The sealed submission lies in the store: bucket archive, {copy.id}/submission/… An age file that the submitter opens:
  tender get {copy.id} package/1 --out DIR --as wang.lei      (opened once already into {package})
Every document as PDF, as the reviewer read it: {package.parent / "review"}
Passphrases of the example's people: {HOME / "demo"}/PERSON.passphrase (set TENDERFLOW_PASSPHRASE_FILE)

Try next:
  tender log {copy.id} --as zhao.min        every event, who and when
  tender verify {copy.id} --as zhao.min     signatures, order, digests
  tender tasks {copy.id} --as zhao.min      what is due now, each date with its law
  tender prices report --help      charts for analysts
  tender check {package.parent / "review"}       the rejection rules over any folder of documents
  tender down                       stop everything; data stays
""",
        markup=True,
    )


if __name__ == "__main__":
    main()

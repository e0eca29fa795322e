"""For real: a price under the floor signed from above, a review sent back and redone, a right that the watch ends."""

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from prefect.deployments import run_deployment

from flows import runs, wiring
from flows.acts import addenda, conform, deciding, intake, submission, submission_right
from flows.acts.deciding import TooLate, Wish
from flows.case import Case, RightEnded
from flows.settings import Settings
from flows.steps.conformance import Conformity
from flows.steps.procedure import State
from flows.steps.read_tender import read
from storage.keyring import NotForYou
from tests.flows.conftest import Installation, brought_up
from tests.flows.test_main_job import as_, begin, folder_of, reach, sign, tick, until

pytestmark = [pytest.mark.server, pytest.mark.office]
SECONDS_LEFT = 20


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """An installation with the example's people and one above them, up with every real process."""
    with brought_up(tmp_path_factory.mktemp("archive") / "home") as settings:
        Installation(settings).join("zong.li", "board", "executive")
        yield settings


def due_tomorrow(folder: Path) -> Path:
    """Let the buyer have issued the example last month and ask for bids by tomorrow."""
    now = datetime.now(UTC)
    days = {"issued": now - timedelta(days=30), "deadline": now + timedelta(days=1), "sign_date": now}
    text = (folder / "tender.yaml").read_text("utf-8")
    for name, day in days.items():
        form = "%Y-%m-%dT%H:%M" if name == "deadline" else "%Y-%m-%d"
        text = re.sub(rf"(?m)^{name}: .*", f"{name}: {day:{form}}", text)
    text = re.sub(r"due: [\d-]+", f"due: {now:%Y-%m-%d}", text).replace("since: 2027-02-05", "since: 2026-01-01")
    (folder / "tender.yaml").write_text(text, "utf-8")
    return folder


def priced(folder: Path, name: str, first: int, second: int) -> Path:
    """Write a workbook of the example's costs with other unit prices."""
    book = openpyxl.load_workbook(folder / "cost.xlsx")
    book["offer"]["B2"], book["offer"]["B3"] = first, second
    book.save(folder / name)
    return folder / name


def above(person: str, tender: str, decision: str, reason: str = "") -> None:
    """Sign from above as soon as the pricing pool has opened the price to whoever must."""

    def signed() -> bool:
        try:
            sign(person, tender, decision, reason=reason)
        except NotForYou:
            return False
        return True

    until(signed)


def review(tender: str) -> None:
    """Look at everything, waive what the example's made-up dates break, approve."""
    tick("zheng.yun", tender)
    for rule in sorted(as_("zheng.yun", tender).facts().failed_rules.get("1", ())):
        deciding.sign(as_("zheng.yun", tender), Wish("waiver", "1", reason="made up", rule=rule))
    sign("zheng.yun", tender, "final-review")


def versions(case: Case) -> dict[str, int]:
    return {name: manifest.version for name, manifest in case.manifests("draft/1/*.pdf").items()}


def watched(tender: str) -> bool:
    """Run the watch flow once; tell whether the submission right has ended since."""
    with wiring.prefect_api():
        run_deployment("watch/watch", timeout=0, as_subflow=False)
    time.sleep(5)
    body = submission_right.last(as_("zhao.min", tender))
    return body is not None and body["state"] == "ended"


def test_art_3_3_and_3_4_signed_from_above_sent_back_redone_late_refused_and_the_right_ended_by_the_watch(
    home: Settings, tmp_path: Path
) -> None:
    tender, folder = "to-archive-1", due_tomorrow(folder_of("to-archive-1", tmp_path))
    begin(tender, folder)
    reach("qian.wei", tender, "screening")
    sign("qian.wei", tender, "screening", "bid", "a customer of long standing")
    intake.deliver(as_("li.na", tender), read(folder), folder)
    sign("zhao.min", tender, "clauses")
    until(lambda: as_("li.na", tender).keyrings.exists("price"))
    intake.deliver_cost(as_("li.na", tender), "1", folder / "cost.xlsx")
    intake.propose(as_("sun.li", tender), "1", priced(folder, "low.xlsx", 300_000, 200_000))
    reach("sun.li", tender, "price")
    for person in ("sun.li", "wu.fang"):
        sign(person, tender, "price")
    missing = as_("sun.li", tender).judge("price", "1").missing
    assert missing == ("price-authority: executive", "price-exception: leader")
    above("zong.li", tender, "price-authority")
    above("qian.wei", tender, "price-exception", "a customer of long standing")

    reach("zheng.yun", tender, "final-review")
    assert versions(as_("zheng.yun", tender)) == dict.fromkeys(
        ("draft/1/commercial.pdf", "draft/1/price.pdf", "draft/1/technical.pdf"), 1
    )
    back = Wish("final-review", "1", "reject", "margin", back_to="price")
    deciding.sign(as_("zheng.yun", tender), back)
    intake.propose(as_("sun.li", tender), "1", priced(folder, "higher.xlsx", 358_000, 236_000))
    sign("sun.li", tender, "price")
    zoned = read(folder).deadline.tzinfo
    deadline = datetime.now(zoned).replace(microsecond=0) + timedelta(seconds=SECONDS_LEFT)
    (folder / "addendum.yaml").write_text(
        f'no: "1"\nissued: {deadline.date()}\ndeadline: {deadline:%Y-%m-%dT%H:%M:%S}\n'
    )
    addenda.take_in(as_("zhao.min", tender), folder / "addendum.yaml")
    sign("wu.fang", tender, "price")

    reach("zheng.yun", tender, "final-review")
    redone = versions(as_("zheng.yun", tender))
    assert (redone["draft/1/technical.pdf"], redone["draft/1/price.pdf"]) == (1, 2)
    review(tender)
    reach("wang.lei", tender, "submission")
    until(lambda: datetime.now(UTC) > deadline)
    with pytest.raises(TooLate, match=r"after the deadline .*art\. 3\.4"):
        submission.submit(as_("wang.lei", tender), "1", submission.Submission("paper", datetime.now(UTC)))
    until(lambda: watched(tender))
    with pytest.raises((RightEnded, NotForYou)):
        as_("wang.lei", tender).read("package/1", purpose="too late")

    _, articles = conform.articles(as_("zhao.min", tender))
    assert [(f.requirement, f.note) for a in articles for f in a.findings if f.state is Conformity.BROKEN] == []
    assert as_("zhao.min", tender).judge("submission", "1").state is State.WAITING
    with wiring.prefect_api():
        assert runs.live(tender)

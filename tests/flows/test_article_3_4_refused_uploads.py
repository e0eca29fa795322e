"""SJE/ZY/GK-02 art. 3.4: what the buyer's platform refused is on record: file, digest, time, reason, what was done."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from flows.acts import submission, uploads
from flows.acts.conform import articles
from flows.acts.named import NotNamed
from flows.steps import procedure
from flows.steps.conformance import Conformity
from flows.steps.platform import read_platform
from flows.steps.refused_upload import RefusedUpload, UploadWrong, require_recordable
from tests.flows.bid_machine import Bid, office_at
from tests.flows.required_signatures import LOT
from tests.flows.test_article_3_4_submission import PLATFORM
from tests.memory_store import MemoryStore

pytestmark = pytest.mark.usefixtures("custodian")
NOW = datetime(2026, 12, 1, tzinfo=UTC)
ASKED = "what the platform refused is on record, with what was done about it"


@pytest.fixture
def packed(tmp_path):
    """A bid carried to its package, and a file that the platform refuses."""
    Bid.office, Bid.folder = office_at(MemoryStore()), tmp_path
    bid = Bid()
    bid.open()
    bid.the_right_thing_happens(len(procedure.STAGES) - 1)
    file = tmp_path / "bid.SZTF"
    file.write_bytes(b"encrypted with the wrong certificate")
    return bid, file


def found(bid):
    _, judged = articles(bid.as_("zhao.min"))
    return next(f.state for a in judged for f in a.findings if f.requirement == ASKED)


def test_article_3_4_a_refused_upload_is_recorded_and_open_until_somebody_says_what_was_done(packed):
    bid, file = packed
    assert found(bid) is Conformity.NOT_APPLICABLE
    uploads.record_refused(bid.as_("wang.lei"), LOT, file, reason="证书不符")

    (told,) = uploads.refused(bid.as_("zhao.min"), LOT)
    assert (told.file, told.sha256, told.done) == ("bid.SZTF", sha256(file.read_bytes()).hexdigest(), "")
    assert found(bid) is Conformity.OPEN

    uploads.record_refused(bid.as_("wang.lei"), LOT, file, reason="", done="sealed with CA-0018, uploaded again")
    (now,) = uploads.refused(bid.as_("zhao.min"), LOT)
    assert (now.at, now.reason, now.done) == (told.at, "证书不符", "sealed with CA-0018, uploaded again")
    assert found(bid) is Conformity.SATISFIED


def test_article_3_4_the_same_file_refused_twice_stands_there_twice(packed):
    bid, file = packed
    first = datetime.now(UTC) - timedelta(minutes=5)
    uploads.record_refused(bid.as_("wang.lei"), LOT, file, reason="timeout", done="again", at=first)
    uploads.record_refused(bid.as_("wang.lei"), LOT, file, reason="timeout")

    assert [each.done for each in uploads.refused(bid.as_("wang.lei"), LOT)] == ["again", ""]


def test_article_3_4_nothing_is_submitted_through_the_platform_while_a_refusal_is_open(packed):
    bid, file = packed
    case = bid.as_("wang.lei")
    valid_to = (case.record.deadline + timedelta(days=60)).date().isoformat()
    rest = "rehearsal: {at: 2026-01-05T10:00:00+08:00, result: ok}"
    record = read_platform(PLATFORM.format(valid_to=valid_to, rest=rest), "platform.yaml")
    submission.record_platform(case, LOT, record)
    uploads.record_refused(bid.as_("wang.lei"), LOT, file, reason="证书不符")

    how = submission.Submission("platform", datetime.now(UTC))
    with pytest.raises(UploadWrong, match=r"refused bid\.SZTF .*art\. 3\.4.*--refused bid\.SZTF --done"):
        submission.submit(bid.as_("wang.lei"), LOT, how)
    uploads.record_refused(bid.as_("wang.lei"), LOT, file, reason="", done="uploaded again")
    assert submission.submit(bid.as_("wang.lei"), LOT, how).verdict == "sign"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"reason": " "}, "no reason"),
        ({"at": NOW + timedelta(hours=1)}, "expected a past time"),
        ({"at": NOW.replace(tzinfo=None)}, "expected a past time with zone"),
    ],
)
def test_article_3_4_a_refusal_without_reason_or_at_a_time_to_come_is_refused(change, why):
    told = RefusedUpload("bid.SZTF", "0" * 64, NOW, "timeout")

    require_recordable(told, NOW)
    with pytest.raises(UploadWrong, match=why):
        require_recordable(replace(told, **change), NOW)


def test_article_3_4_only_submitter_and_handler_record_it(packed):
    bid, file = packed
    with pytest.raises(NotNamed, match="not named as submitter/handler"):
        uploads.record_refused(bid.as_("li.na"), LOT, file, reason="timeout")

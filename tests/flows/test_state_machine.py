"""Random sequences of commands: none reaches a submission that lacks a signature, none loses an event.

Hypothesis plays people, deputies and workers through the public doors, with addenda, waivers and rounds of price, with
real keys, over a store in memory; a few of the sequences run over the real store as well. What a submission needs is
worked out here a second time, from the raw statements in the ledger, and not by the gates.
"""

import pytest

from flows.acts import signing
from flows.acts.conform import articles
from flows.steps import conformance, procedure
from flows.steps.procedure import State
from tests.flows.bid_machine import (
    EXAMPLES,
    ON_THE_STORE,
    STEPS,
    Bid,
    office_at,
    play,
)
from tests.flows.required_signatures import LOT, lacking
from tests.memory_store import MemoryStore

pytestmark = pytest.mark.usefixtures("custodian")


def test_the_right_commands_alone_reach_a_submission_with_every_signature(tmp_path):
    Bid.office, Bid.folder = office_at(MemoryStore()), tmp_path
    bid = Bid()
    bid.open()
    bid.the_right_thing_happens(len(procedure.STAGES))

    case = bid.as_("zhao.min")
    assert case.judge("submission", LOT).state is State.PASSED
    assert lacking(case) == []
    assert [a.article for a in articles(case)[1] if a.state is conformance.Conformity.BROKEN] == []


def test_the_second_working_out_sees_what_was_signed_over_other_documents(tmp_path):
    Bid.office, Bid.folder = office_at(MemoryStore()), tmp_path
    bid = Bid()
    bid.open()
    bid.the_right_thing_happens(len(procedure.STAGES) - 1)
    bid.the_technical_side_delivers(1)
    submitter = bid.as_("wang.lei")
    package = submitter.manifested(submitter.manifests("package/1")["package/1"])
    signing.put(submitter, procedure.GATES["submission"], LOT, "sign", signing.Right("submitter"), [package])

    assert lacking(bid.as_("zhao.min")) == ["clauses"]


def test_no_sequence_of_commands_reaches_a_submission_that_lacks_a_signature_or_loses_an_event(tmp_path):
    play(office_at(MemoryStore()), tmp_path, EXAMPLES, STEPS)


@pytest.mark.server
def test_none_does_on_the_real_store_either(store, tmp_path):
    play(office_at(store), tmp_path, ON_THE_STORE, STEPS)

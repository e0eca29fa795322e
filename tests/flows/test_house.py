"""The house ledger: versions of the rule that were passed, and the register of interpretations."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from typer.testing import CliRunner

from flows.acts import house, intake
from flows.cli.main import build
from flows.steps import procedure_versions
from flows.steps.interpretation import InterpretationRefused
from storage.identity import create_holder
from storage.policy import PolicyRefused
from tests.flows.conftest import PASSPHRASE

pytestmark = pytest.mark.server
TODAY = datetime.now(UTC).date()


@pytest.fixture
def open_house(installation):
    house.open_house(installation.case(house.HOUSE, person="zhao.min", new=True))
    return lambda person: installation.case(house.HOUSE, person=person)


def test_art_5_the_customer_service_department_interprets_under_the_next_number(open_house):
    before = len(house.interpretations(open_house("he.ping")))

    made = house.interpret(
        open_house("he.ping"), "3.2", "Does a repeat order need a panel?", "The short form is enough."
    )
    listed = house.interpretations(open_house("zhao.min"))

    assert made.number == before + 1
    assert (listed[-1].by, listed[-1].article, listed[-1].text) == (
        "person:he.ping",
        "3.2",
        "The short form is enough.",
    )
    assert listed[-1].procedure == procedure_versions.shipped()[-1].id


def test_art_5_another_department_cannot_interpret(open_house):
    with pytest.raises(InterpretationRefused, match=r"zhao\.min is not of the department customer-service"):
        house.interpret(open_house("zhao.min"), "3.2", "May I?", "Yes.")


def test_art_5_an_interpretation_written_past_the_command_does_not_count(open_house):
    forger = open_house("li.na")
    number = len(forger.ledger.find(type="interpretation.recorded")) + 1
    body = {"number": number, "article": "3.4", "question": "?", "text": "Prices are open.", "procedure": "x"}
    forger.ledger.append("interpretation.recorded", body, key=f"interpretation/{number}")

    assert "Prices are open." not in [entry.text for entry in house.interpretations(open_house("zhao.min"))]


def test_art_5_numbers_have_no_gap_and_no_double_when_several_write_at_once(open_house):
    first = len(open_house("he.ping").ledger.find(type="interpretation.recorded"))

    def write(number: int) -> int:
        return house.interpret(open_house("he.ping"), "4", f"Question {number}?", f"Answer {number}.").number

    with ThreadPoolExecutor(4) as pool:
        numbers = sorted(pool.map(write, range(8)))

    assert numbers == list(range(first + 1, first + 9))


def test_art_5_an_article_that_does_not_exist_is_refused_with_those_that_do(open_house):
    with pytest.raises(InterpretationRefused, match=r"article 9\.9 not known, expected one of aim, 1, 2"):
        house.interpret(open_house("he.ping"), "9.9", "What?", "That.")


def test_art_5_a_version_is_in_force_from_its_day_and_a_tender_carries_the_one_of_its_opening(
    open_house, installation, example
):
    shipped = procedure_versions.shipped()[-1]
    mine = replace(shipped, id=f"SJE/ZY/GK-02@{example[0].tender}", effective=TODAY)
    later = replace(shipped, id=f"{mine.id}-later", effective=TODAY + timedelta(days=30))
    for version in (mine, later):
        house.adopt(open_house("qian.wei"), version, passed_on=TODAY, meeting="minutes 7/2026", rule=b"the words")

    tender, folder = example
    case = installation.case(tender.tender, person="zhao.min", new=True)
    intake.open_tender(case, tender, folder)

    assert case.procedure == mine.id
    assert house.in_force(open_house("zhao.min"), TODAY + timedelta(days=30)).id == later.id


def test_art_5_only_a_leader_records_that_the_managers_meeting_passed_a_version(open_house):
    version = replace(procedure_versions.shipped()[-1], id="SJE/ZY/GK-02@2099-01", effective=date(2099, 1, 1))

    with pytest.raises(PolicyRefused, match="expected one of leader"):
        house.adopt(open_house("zhao.min"), version, passed_on=TODAY, meeting="none", rule=b"the words")


def test_art_5_a_version_cannot_take_effect_before_it_was_passed(open_house):
    version = replace(procedure_versions.shipped()[-1], id="SJE/ZY/GK-02@2098-01", effective=date(2024, 6, 1))

    with pytest.raises(procedure_versions.VersionWrong, match="effective 2024-06-01, passed"):
        house.adopt(open_house("qian.wei"), version, passed_on=TODAY, meeting="minutes", rule=b"the words")


def test_art_5_who_is_not_in_the_house_ledger_is_told_who_lets_them_in(open_house, installation):
    person = f"new.{secrets.token_hex(3)}"
    installation.join(person, "marketing-1", "leader")

    with pytest.raises(house.NoHouse, match=rf"{person} .*next: a handler who is in it: tender procedure open"):
        house.require_open(installation.case(house.HOUSE, person=person))
    with pytest.raises(house.NoHouse, match="tender procedure open"):
        house.known_versions(installation.case("another-ledger", person=person, new=True))
    house.open_house(installation.case(house.HOUSE, person="zhao.min"))
    house.require_open(installation.case(house.HOUSE, person=person))


def test_art_5_the_custodian_lets_new_people_into_the_house_ledger_with_the_register(open_house, installation):
    person = f"new.{secrets.token_hex(3)}"
    folder = installation.settings.keys_home / person
    create_holder(folder, f"person:{person}", PASSPHRASE, work_factor=2)
    (folder / "passphrase").touch(mode=0o600)
    (folder / "passphrase").write_text(PASSPHRASE)
    words = ["people", "add", person, "--department", "marketing-1", "--role", "leader"]

    done = CliRunner().invoke(build(), words)

    assert done.exit_code == 0, done.output
    entered = installation.case(house.HOUSE, person=person)
    assert len(house.all_versions(entered)) >= 1
    assert entered.keyrings.current("procedure").by == "person:custodian"

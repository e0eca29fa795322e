"""A tender's own template set, named in tender.yaml as a folder of the tender folder."""

import shutil
from pathlib import Path

import pytest

from flows.acts import intake
from flows.steps.mistake import InvalidTender
from flows.steps.read_tender import read
from templates import catalogue
from tests.flows.conftest import EXAMPLE, Installation


@pytest.mark.server
def test_a_set_of_the_tender_folder_is_sealed_with_the_record_and_used_by_the_workers(
    installation: Installation, tender_id: str, tmp_path: Path
) -> None:
    folder = tmp_path / "tender"
    shutil.copytree(EXAMPLE, folder)
    shutil.copytree(catalogue.SETS / "cn-equipment-2017", folder / "buyer-set")
    manifest = folder / "buyer-set" / "set.toml"
    manifest.write_text(manifest.read_text("utf-8").replace('"cn-equipment-2017"', '"buyer-form"', 1), "utf-8")
    record = folder / "tender.yaml"
    record.write_text(record.read_text("utf-8").replace("set: cn-equipment-2017", "set: ./buyer-set", 1), "utf-8")
    made = read(folder).model_copy(update={"tender": tender_id})
    intake.open_tender(installation.case(tender_id, person="zhao.min", new=True), made, folder)
    shutil.rmtree(folder)
    worker = installation.case(tender_id, worker="assembly")
    assert catalogue.load(worker.record.set).name == "buyer-form"
    assert worker.manifests("set/-")["set/-"].by == "person:zhao.min"


@pytest.mark.parametrize("name", ["./nothing", "./../../etc", "./inputs"])
def test_a_set_that_is_no_folder_with_a_set_in_the_tender_folder_is_a_mistake(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "tender"
    shutil.copytree(EXAMPLE, folder)
    record = folder / "tender.yaml"
    record.write_text(record.read_text("utf-8").replace("set: cn-equipment-2017", f"set: {name}", 1), "utf-8")
    with pytest.raises(InvalidTender) as caught:
        read(folder)
    assert [(mistake.found, mistake.expected) for mistake in caught.value.mistakes] == [
        (name, "a folder of the tender folder with a set.toml")
    ]

"""The catalogue: sets and forms by name, manifests read strictly, no price outside a price volume."""

import shutil
from pathlib import Path

import pytest

from templates import catalogue
from templates.catalogue import UnknownName
from templates.manifest_table import SetError

SET = "cn-equipment-2017"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(catalogue.SETS / SET, tmp_path / "own-set"))


def change(folder: Path, old: str, new: str) -> Path:
    manifest = folder / "set.toml"
    text = manifest.read_text("utf-8")
    assert old in text
    manifest.write_text(text.replace(old, new, 1), "utf-8")
    return folder


def test_a_copied_folder_is_a_set_without_a_line_of_code(copy: Path) -> None:
    change(copy, f'name = "{SET}"', 'name = "own-set"')
    assert catalogue.load(copy).name == "own-set"
    assert catalogue.load(str(copy)).volumes == catalogue.load(copy).volumes


def test_volumes_and_sections_keep_the_order_of_the_manifest() -> None:
    template_set = catalogue.load(SET)
    assert [volume.id for volume in template_set.volumes] == ["commercial", "technical", "price"]
    assert [section.id for section in template_set.volumes[2].sections] == [
        "cover",
        "bid-letter",
        "opening-sheet",
        "price-schedule",
    ]


def test_only_sections_of_the_price_volume_name_a_price() -> None:
    for name in catalogue.sets():
        priced = {volume.compartment for volume, section in catalogue.load(name).sections() if section.price}
        assert priced <= {"price"}


def test_a_price_field_outside_a_price_volume_is_refused(copy: Path) -> None:
    change(copy, 'template = "deviations.docx"', 'template = "price-schedule.docx"')
    with pytest.raises(SetError) as refused:
        catalogue.load(copy)
    assert "own-set/set.toml, volume commercial, section deviations, template" in str(refused.value)
    assert "price-schedule.docx" in str(refused.value)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('compartment = "price"', 'compartment = "secret"', "commercial, technical, price"),
        ('id = "bid-letter"', 'id = "Bid Letter"', "small letters"),
        ('id = "bid-letter"', 'id = "cover"', "an id that no other"),
        ('template = "bid-letter.docx"', 'template = "letter.docx"', "a file inside"),
        ('template = "bid-letter.docx"', 'template = "../cn-goods-87/bid-letter.docx"', "a file inside"),
        ('template = "bid-letter.docx"', "", "a template, an input, or both"),
        ('when = "bond"', "when = true", "text"),
        ("required = true", 'required = "yes"', "true or false"),
        ('"R01", ', '"R1", ', "R\\d\\d"),
        ('"R01", ', '"R02", ', "different"),
        ('title = "投标函"', 'titel = "投标函"', "one of id, title"),
        ('title = "投标函"', 'title = " "', "text"),
    ],
)
def test_a_fault_names_key_and_expectation(copy: Path, old: str, new: str, expected: str) -> None:
    with pytest.raises(SetError) as refused:
        catalogue.load(change(copy, old, new))
    assert expected in str(refused.value)
    assert "set.toml" in str(refused.value)


def test_a_manifest_that_is_no_toml_is_refused_with_its_line(copy: Path) -> None:
    with pytest.raises(SetError, match="line"):
        catalogue.load(change(copy, "[[volume]]", "[[volume"))


def test_unknown_names_are_answered_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match=SET):
        catalogue.load("cn-equipment-2018")
    with pytest.raises(UnknownName):
        catalogue.load(tmp_path)
    with pytest.raises(UnknownName, match="bid-notice"):
        catalogue.form("bid-note")


def test_contents_list_the_documents_that_apply() -> None:
    template_set = catalogue.load(SET)
    alone = {"signer": {"is_agent": False}, "lot": {"consortium": False}, "bond": {}}
    together = {"signer": {"is_agent": True}, "lot": {"consortium": True}, "bond": {"is_guarantee": True}}
    assert "联合体协议书" not in template_set.complete(alone)["contents"]
    assert {"联合体协议书", "授权委托书", "投标保函"} <= set(template_set.complete(together)["contents"])
    assert "封面" not in template_set.complete(together)["contents"]


def test_a_tender_overrules_the_defaults_of_a_set_field_by_field() -> None:
    extra = catalogue.load(SET).complete({"extra": {"litigation": ["one"]}})["extra"]
    assert extra["litigation"] == ["one"]
    assert extra["finance"] == []

"""Titles of delivered documents, and a volume that shows them in its contents."""

from pathlib import Path

import pytest

from flows.steps.fields import fields_of
from flows.steps.material import Material, title_of
from flows.steps.price import read_offer
from flows.steps.read_tender import read
from flows.steps.tender import Authorisation, Tender
from flows.steps.write_volumes import MaterialMissing, write_volume
from templates import catalogue

EXAMPLE = Path(__file__).parents[2] / "examples" / "warehouse-agv"


@pytest.fixture(scope="module")
def tender() -> Tender:
    record = read(EXAMPLE)
    maker = Authorisation(manufacturer="示例制造厂", models=("A-1",), file="commercial/maker.pdf")
    return record.model_copy(update={"authorisations": (maker,)})


@pytest.mark.parametrize(
    ("file", "title"),
    [
        ("iso9001.pdf", "质量管理体系认证证书（示例）"),
        ("contract-2023.pdf", "自动化立体库AGV系统（示例）"),
        ("maker.pdf", "示例制造厂 A-1"),
        ("proof-1.12.pdf", "1.12 检测报告"),
        ("technical-response.docx", "technical-response"),
        ("售后_服务方案.docx", "售后 服务方案"),
    ],
)
def test_a_delivered_file_is_called_by_its_name_in_the_record(tender: Tender, file: str, title: str) -> None:
    assert title_of(tender, "1", file) == title


def test_the_file_of_another_clause_does_not_lend_its_title(tender: Tender) -> None:
    assert title_of(tender, "1", "proof-1.pdf") == "proof-1"


def test_a_required_section_without_a_document_names_the_deliverable(tender: Tender) -> None:
    plan = next(v for v in catalogue.load(tender.set).volumes if v.id == "technical")
    with pytest.raises(MaterialMissing, match="no technical-response delivered"):
        write_volume(plan, fields_of(tender, "1", "zh-CN"), [], tender.bidder.name)


@pytest.mark.office
def test_the_contents_show_titles_and_no_file_names(tender: Tender) -> None:
    template_set = catalogue.load(tender.set)
    plan = next(v for v in template_set.volumes if v.id == "commercial")
    offer = read_offer(EXAMPLE / "cost.xlsx", tender, "1")
    fields = template_set.complete(fields_of(tender, "1", "zh-CN", offer))
    files = [
        ("qualification", "iso9001.pdf"),
        ("track-record", "contract-2023.pdf"),
        ("track-record", "contract-2025.pdf"),
    ]
    material = [
        Material(kind, title_of(tender, "1", name), "application/pdf", (EXAMPLE / "commercial" / name).read_bytes())
        for kind, name in files
    ]
    material.append(Material("track-record", "track-record", "application/pdf", material[-1].data))
    lines = [line.title for line in write_volume(plan, fields, material, tender.bidder.name).outline]
    assert any("质量管理体系认证证书" in line for line in lines)
    assert any("自动化立体库AGV系统" in line for line in lines)
    assert "血液冷库搬运AGV（示例）" in lines
    assert not [line for line in lines if ".pdf" in line or "track-record" in line]

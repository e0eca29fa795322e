"""A new tender folder: a commented `tender.yaml`, an empty clause matrix and an empty cost sheet with instructions."""

from pathlib import Path

from flows.errors import TenderError
from flows.steps.clauses import HEADERS
from flows.steps.cost import COST_LINES
from flows.steps.workbook import write

_YAML = """\
# One folder per tender; files named here are relative to it. `tender validate DIR` names every mistake.
# Money and rates are text in quotes ("1250000.00"). Lines that begin with # are optional.
tender: {name}                        # id of this tender: 3 to 40 of a-z, 0-9 and -
title:                                # 项目名称, as the buyer writes it
number:                               # 招标编号
buyer: {{name: , address: }}
# agency: {{name: }}                    # 招标代理机构
set: cn-equipment-2017                # template set: cn-equipment-2017, cn-goods-87, wb-goods
timezone: Asia/Shanghai
issued:                               # 招标文件发出日期, 2026-11-01
deadline:                             # 投标截止时间 in that zone, 2026-12-20T09:30
validity_days: 90                     # 投标有效期
department:                           # marketing department that owns the bid, small letters: marketing-1
bidder:
  name:                               # exactly as on the licence
  credit_code:                        # 统一社会信用代码, 18 characters
  address:
  postcode: ""
  phone:
  legal_representative:               # 法定代表人
  legal_representative_id:
  bank:
  account: ""
# established: 2009-03-16
# capital:
# staff: 210
signer:                               # the legal representative, or the agent of the power of attorney
  name:
  id_number:
  phone:
# since: 2026-11-01                   # 委托期限
# until: 2027-12-31
sign_date:                            # printed on every letter, between issued and deadline
# bond: {{amount: "30000.00", form: transfer, due: 2026-12-18}}     # transfer, cheque, guarantee, insurance
money: {{currency: CNY, tax_rate: "0.13", basis: gross, rounding: "0.01", correction: opening-sheet-first}}
# score: {{formula: low-price, weight: "0.40"}}     # low-price, mean-benchmark, lowest-wins
limits: {{buffer_hours: 24}}            # important_negatives, max_file_mb, file_formats, qualifications, …
people:                               # ids as in `tender people add`
  handler:
  leader:
  technical: []
  pricing: []
  quorum: 2
  reviewer:
  submitter:
  clerk:
# panel: {{technical: , finance: , legal: }}   # 评审人员; needed where the short screening form does not serve
lots:
  - id: "1"
    name:
    # ceiling: "2250000.00"           # 最高投标限价
    # bond_amount: "20000.00"         # 本标段投标保证金, where it is not that of bond:
    delivery_days: 60
    warranty_months: 12
    payment:
    items:
      - {{no: "1", name: , model: , unit: 台, quantity: "1"}}
    clauses: clauses.xlsx
    consortium: false
inputs: []
#  - {{lot: "1", deliverable: technical-response, file: inputs/response.docx, volume: technical, section: response}}
qualifications: []
#  - {{kind: licence, name: 营业执照, number: , valid_to: 2039-03-15, file: commercial/licence.pdf}}
#  - {{library: QMS-001}}               # or from the company library, with its file: tender library list
track_record: []
#  - {{buyer: , project: , amount: "1860000.00", signed: 2023-05-04, contact: , file: commercial/contract.pdf}}
cost: {{lot-1: cost.xlsx}}              # never part of the record
# repeat_of:                            # 重复招标: number of the earlier tender
# deliverables: {{technical-material: , project-quotation: , technical-agreement: }}     # due dates, 2026-12-05
"""
_CLAUSE_NOTES = (
    ("说明 · how to fill in sheet clauses",),
    ("一条一行，条款号不重复。One row per clause; every number once.",),
    ("类别 mark: ★ 实质性, ▲ 重要, 空 blank",),
    ("关系 relation: ≥ ≤ = range ± text；值 value: 180 或 3.5-4.0",),
    ("投标值 offered: 我方数值，单位同 unit 或写明。our value, in the unit or with its own",),
    ("偏差 deviation: none, positive, negative；留空则由数值推出。left blank it is derived from the numbers",),
)
_COST_NOTES = (
    ("说明 · how to fill in",),
    ("cost: 每项成本一行，序号 - 为整个标段，金额含税。One cost per row, - for the whole lot, with tax.",),
    ("low, high: 低、高方案，可留空。scenarios, may stay blank",),
    ("offer: 每个货物的单价。the unit price of every item",),
    ("cost line: " + ", ".join(f"{line} {chinese}" for line, chinese in COST_LINES.items()),),
)


def new_folder(folder: Path) -> tuple[Path, ...]:
    """Write a new tender folder; return the files written.

    Raises:
        TenderError: the folder holds something already, so that nothing of a person's is overwritten.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise TenderError(
            "{folder}: found files in it, expected a new or empty folder; next: choose another", folder=folder
        )
    (folder / "inputs").mkdir(parents=True)
    (folder / "commercial").mkdir()
    clauses = {"clauses": [[names[0] for names in HEADERS.values()]], "说明": _CLAUSE_NOTES}
    cost = {
        "cost": [["item no", "cost line", "amount", "low", "high", "remark"]],
        "offer": [["item no", "unit price", "remark"]],
        "说明": _COST_NOTES,
    }
    files = {
        "tender.yaml": _YAML.format(name=_id(folder.resolve().name)).encode(),
        "clauses.xlsx": write(clauses, widths=(14, 14, 40, 16, 10, 12, 10, 40, 12, 12, 12, 24, 16)),
        "cost.xlsx": write(cost, widths=(14, 18, 16, 16, 16, 30)),
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return tuple(folder / name for name in files)


def _id(name: str) -> str:
    plain = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name.lower()).strip("-")
    return plain[:40] if len(plain) >= 3 else "new-tender"

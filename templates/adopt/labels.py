"""Which field a label of a buyer's form most likely asks for. Only proposals: a person confirms every one."""

import re
from collections.abc import Sequence

# The first pattern that a label matches decides; what stands earlier is the narrower.
FIELDS: tuple[tuple[str, str], ...] = (
    (r"大写", "price.total_words"),
    (r"小写|投标总?报价|投标总价|总报价|[¥￥]", "price.total"),
    (r"税率", "price.tax_rate_percent"),
    (r"投标有效期|有效期", "validity_days"),
    (r"交货期|供货期|交货时间", "lot.delivery_days"),
    (r"质保期|质量保证期|保修期", "lot.warranty_months"),
    (r"付款", "lot.payment"),
    (r"保证金.*大写", "bond.amount_words"),
    (r"保证金", "bond.amount"),
    (r"招标编号|项目编号|采购编号|招标文件编号", "project.number"),
    (r"项目名称|工程名称|^项目$", "project.name"),
    (r"招标代理", "project.agency"),
    (r"招标人|采购人|买方|业主|^致$", "project.buyer"),
    (r"标段|包号|标包", "lot.id"),
    (r"信用代码|营业执照号", "bidder.credit_code"),
    (r"法定代表人.*身份证", "bidder.legal_representative_id"),
    (r"(代理人|被授权人|授权代表).*身份证", "signer.id_number"),
    (r"(委托)?代理人|被授权人|授权代表", "signer.name"),
    (r"法定代表人|单位负责人", "bidder.legal_representative"),
    (r"职务", "signer.title"),
    (r"投标人|供应商|单位名称|公司名称|企业名称", "bidder.name"),
    (r"地址|住所", "bidder.address"),
    (r"网址", "bidder.website"),
    (r"传真", "bidder.fax"),
    (r"电子邮[箱件]|邮箱", "bidder.email"),
    (r"邮政编码|邮编", "bidder.postcode"),
    (r"电话|联系方式", "bidder.phone"),
    (r"开户银?行", "bidder.bank"),
    (r"账号|帐号", "bidder.account"),
    (r"注册资[本金]", "bidder.capital"),
    (r"成立(时间|日期)", "bidder.established"),
    (r"员工|职工人数", "bidder.staff"),
    (r"日期|年.*月.*日", "sign_date"),
)

# Lists and the headers of their columns.
LISTS: dict[str, tuple[tuple[str, str], ...]] = {
    "price.lines": (
        (r"序号", "no"),
        (r"单价", "unit_price"),
        (r"合价|总价|小计|金额", "total"),
        (r"名称", "name"),
        (r"型号|规格", "model"),
        (r"单位", "unit"),
        (r"数量", "quantity"),
        (r"备注", "remark"),
    ),
    "items": ((r"序号", "no"), (r"名称", "name"), (r"型号|规格", "model"), (r"单位", "unit"), (r"数量", "quantity")),
    "deviations": (
        (r"序号", "loop.index"),
        (r"招标文件.*(条款|条目)|条款号", "clause"),
        (r"招标.*(要求|规格|内容)", "requirement"),
        (r"投标.*(条款|条目)", "place"),
        (r"投标.*(响应|应答|规格|内容)", "response"),
        (r"偏差|偏离", "deviation"),
        (r"说明|备注", "evidence"),
    ),
    "track_record": (
        (r"序号", "loop.index"),
        (r"项目名称", "project"),
        (r"买方|业主|用户|采购人|客户", "buyer"),
        (r"合同(金额|价格|价)", "amount"),
        (r"签订|时间|日期", "signed"),
        (r"联系", "contact"),
    ),
    "qualifications": (
        (r"序号", "loop.index"),
        (r"证书.*(编?号)|编号", "number"),
        (r"证书|名称", "name"),
        (r"有效期", "valid_to"),
    ),
}


def known(label: str) -> bool:
    """Return whether a label alone, with nothing behind its colon, asks for a field."""
    return bool(propose(label))


def propose(label: str) -> str:
    """Return the field that a label asks for, or an empty text."""
    return next((field for pattern, field in FIELDS if re.search(pattern, label)), "")


def propose_list(headers: Sequence[str]) -> tuple[str, list[str]]:
    """Return the list that a table's headers ask for, and the field of each column; empty texts where unknown."""
    scored = {name: _columns(name, headers) for name in LISTS}
    best = max(scored, key=lambda name: (sum(map(bool, scored[name])), name == "price.lines"))
    if sum(map(bool, scored[best])) < 2:
        return "", [""] * len(headers)
    return best, scored[best]


def _columns(name: str, headers: Sequence[str]) -> list[str]:
    return [next((field for pattern, field in LISTS[name] if re.search(pattern, h)), "") for h in headers]

"""Mutants of clauses, terms, bond, qualification, addenda: R20 to R24, R26 to R30, R37."""

import random
from typing import Any

from mutants.edit import insert, other_digit, record, substitute
from mutants.registry import breaks, spares

from flows.steps.checks.bid import BidUnderCheck
from flows.steps.checks.reading.terms import terms_in

Bid, Rng = BidUnderCheck, random.Random


def _set(*path: str | int, **values: Any) -> Any:
    """A generator that updates one entry of the record."""

    def generate(bid: Bid, rng: Rng) -> Bid:
        def change(data: dict[str, Any]) -> None:
            target: Any = data
            for key in path:
                target = target[key]
            target.update({k: v(rng) if callable(v) else v for k, v in values.items()})

        return record(bid, change)

    return generate


def _day(first: int, last: int, month: str = "2027-03") -> Any:
    return lambda rng: f"{month}-{rng.randint(first, last):02d}"


def _undeclared(bid: Bid, rng: Rng) -> Bid:
    """Give the bidder an affiliate that the declaration does not name."""
    name = f"示例关联{rng.choice('甲乙丙丁')}有限公司"
    return record(bid, lambda data: data["affiliates"].append(name))


_longer_warranty = _set("lots", 0, warranty_months=lambda r: r.randint(25, 60))

breaks(
    "R20",
    lambda b, r: substitute(b, r, r"30,000\.00", lambda m: other_digit(r, m[0]), "bond|保证金|opening|security"),
    lambda b, r: substitute(b, r, "2027年3月16日", f"2027年3月{r.randint(17, 28)}日", "bond|保证金"),
    _set("bond", due=_day(19, 30)),
    lambda b, r: substitute(b, r, "银行转账", r.choice(["现金", "银行保函", "支票"]), "bond|保证金"),
    lambda b, r: substitute(b, r, "0000000000000000001", "0000000000000000002", "bond|保证金"),
    lambda b, r: record(b, lambda d: d["bond"].update(form="guarantee", valid_to=f"2027-05-{r.randint(10, 30)}")),
)
spares(
    "R20",
    lambda b, r: substitute(b, r, r"30,000\.00", "30000.00", "bond|保证金|opening"),
    _set("bond", valid_to="2027-06-16"),
    lambda b, r: insert(b, r, f"履约保证金为合同金额的{r.randint(5, 10)}%。"),
    lambda b, r: substitute(b, r, "2027年3月16日", "2027年3月15日", "bond|保证金"),
)


def _star(bid: Bid, rng: Rng) -> int:
    return rng.choice([5, 13])


def _answer(**values: str) -> Any:
    return lambda b, r: record(b, lambda d: d["lots"][0]["clauses"][_star(b, r)].update(values))


breaks(
    "R21",
    _answer(response="", offered=""),
    _answer(deviation="negative"),
    _set("lots", 0, "clauses", 5, offered=lambda r: str(r.randint(100, 179))),
    lambda b, r: substitute(b, r, "满足，额定载荷200 kg", "", "clause-response|technical-response|响应表"),
    lambda b, r: substitute(b, r, "complies, 200", "not complied", "specification"),
    _set("lots", 0, "clauses", 13, offered=lambda r: str(r.randint(9, 20))),
)
spares(
    "R21",
    _set("lots", 0, "clauses", 5, offered=lambda r: str(r.randint(180, 300))),
    _set("lots", 0, "clauses", 5, offered="0.18 t"),
    _set("lots", 0, "clauses", 0, deviation="negative"),
    _set("lots", 0, "clauses", 13, offered="7"),
)


def _important(count: int, limit: int) -> Any:
    def change(data: dict[str, Any]) -> None:
        marked = [clause for clause in data["lots"][0]["clauses"] if clause["mark"] == "▲"]
        for clause in marked[:count]:
            clause["deviation"] = "negative"
        data["limits"]["important_negatives"] = limit

    return lambda b, r: record(b, change)


breaks("R22", _important(1, 0), _important(2, 1), _important(3, 2), _important(3, 0))
spares("R22", _important(1, 1), _important(2, 2), _important(3, 3), _important(0, 0))
breaks(
    "R23",
    _set("lots", 0, "clauses", 3, offered=lambda r: str(r.randint(2001, 2500))),
    _set("lots", 0, "clauses", 3, deviation="negative"),
    lambda b, r: substitute(b, r, r"^(第?)1\.(?:12|6)(条?)$", r"\g<1>1.11\2", "deviations|偏离"),
    lambda b, r: substitute(
        b, r, r"^(第?)1\.12(条?)", rf"\g<1>{r.randint(5, 9)}.{r.randint(1, 9)}\2", "deviations|偏离"
    ),
)
spares(
    "R23",
    _set("lots", 0, "clauses", 3, offered=lambda r: str(r.randint(1850, 2000))),
    _set("limits", empty_deviation_table="missing"),
    lambda b, r: substitute(b, r, "^第1.12条$", "1.12", "deviations"),
    lambda b, r: insert(b, r, "除上表外无其他偏差。"),
)
breaks(
    "R24",
    lambda b, r: substitute(b, r, r"60(\s*)天", rf"{r.choice([61, 75, 90, 120])}\1天", "price|letter|service"),
    lambda b, r: substitute(b, r, r"24(\s*)个月", rf"{r.choice([6, 12, 18, 23])}\1个月", "price|letter|service"),
    _set("lots", 0, delivery_days=lambda r: r.randint(10, 59)),
    lambda b, r: _longer_warranty(b, r) if terms_in(b.read, b.values, "warranty") else None,
)
spares(
    "R24",
    lambda b, r: substitute(b, r, r"60(\s*)天", r.choice([r"60\1日历天", r"60\1日", "六十天"]), "price|letter|service"),
    lambda b, r: substitute(b, r, r"24(\s*)个月", r.choice(["二十四个月", "2年", "24 个月"]), "price|letter|service"),
    _set("lots", 0, delivery_days=lambda r: r.randint(60, 90)),
    lambda b, r: insert(b, r, f"培训{r.randint(61, 99)}天，每{r.randint(1, 12)}个月巡检。"),
)
breaks(
    "R26",
    lambda b, r: record(b, lambda d: d["track_record"].pop(r.randrange(2))),
    _set("limits", track_record_since="2024-01-01"),
    _set("limits", track_record_amount=lambda r: str(r.randint(1275001, 1860000))),
    lambda b, r: record(b, lambda d: d["qualifications"].pop(r.randrange(2))),
    lambda b, r: record(b, lambda d: d["track_record"][0].pop("file")),
)
spares(
    "R26",
    _set("limits", track_record_amount=lambda r: str(r.randint(1, 1275000))),
    _set("limits", track_record_since="2023-05-04"),
    _set("limits", track_record_count=1),
)
breaks(
    "R27",
    _set("qualifications", 1, valid_to=_day(1, 17)),
    _set("qualifications", 0, valid_to=lambda r: f"20{r.randint(10, 26)}-06-30"),
    lambda b, r: substitute(b, r, "2029年6月30日", f"2027年3月{r.randint(1, 17)}日", "qualification|certificates|资格"),
)
spares(
    "R27",
    _set("qualifications", 1, valid_to=_day(18, 31)),
    lambda b, r: substitute(b, r, "2029年6月30日", f"2027年3月{r.randint(18, 31)}日", "qualification|资格"),
    lambda b, r: insert(b, r, "原证书2020年6月30日到期，已换证。"),
)
breaks(
    "R28",
    _set("authorisations", 0, valid_to=_day(1, 17)),
    lambda b, r: record(b, lambda d: d["authorisations"][0].pop("file")),
    lambda b, r: record(
        b, lambda d: d.update(authorisations=[], limits={**d["limits"], "manufacturer_authorisation": True})
    ),
    lambda b, r: substitute(b, r, "LS-270", f"LS-{r.randint(100, 269)}", "authori[sz]ation|资格", everywhere=True),
)
spares(
    "R28",
    _set("authorisations", 0, valid_to=_day(18, 31)),
    lambda b, r: insert(b, r, f"传感器LS-{r.randint(100, 269)}为旧型号。"),
)


def _agreement(bid: Bid, rng: Rng) -> Bid:
    headed = insert(
        bid, rng, rng.choice(["联合体协议书", "三、联合体协议书", "Joint Venture Agreement"]), "price", style="0"
    )
    name = next(n for n in bid.documents if headed.documents[n] != bid.documents[n])
    return insert(
        headed,
        rng,
        rng.choice(["示例甲为联合体牵头人。", "各成员分工如下：", "The leader of the joint venture is Example A."]),
        f"^{name}$",
        style="9",
    )


def _members(data: dict[str, Any], *shares: str, leaders: int = 1) -> None:
    names = [data["bidder"]["name"], "示例乙有限公司"]
    data["lots"][0]["consortium"] = True
    data["consortium"] = [
        {"name": n, "share": s, "leader": p < leaders} for p, (n, s) in enumerate(zip(names, shares, strict=False))
    ]


breaks(
    "R29",
    _agreement,
    lambda b, r: record(b, lambda d: _members(d, "0.6", "0.3")),
    lambda b, r: record(b, lambda d: _members(d, "0.6", "0.4", leaders=2)),
    lambda b, r: record(b, lambda d: _members(d, "1")),
    lambda b, r: record(b, lambda d: _members(d, "0.6", "0.4")),
)
spares(
    "R29",
    lambda b, r: insert(
        b,
        r,
        r.choice(
            [
                "本项目不接受联合体投标。",
                "我方非联合体投标，无联合体协议书。",
                "联合体协议书：不适用。",
                "We bid alone; no joint venture agreement applies.",
            ]
        ),
    ),
)
breaks(
    "R30",
    lambda b, r: _undeclared(b, r) if any("关联企业" in value.label for value in b.values) else None,
    lambda b, r: substitute(
        b, r, "示例关联科技有限公司", r.choice(["无", "示例关联公司", "示例科技有限公司"]), "qualification|资格"
    ),
)
spares(
    "R30",
    lambda b, r: substitute(b, r, "示例关联科技有限公司", " 示例关联科技 有限公司 ", "qualification|资格"),
    lambda b, r: insert(b, r, "与其他投标人无关联关系。"),
)
breaks(
    "R37",
    lambda b, r: record(b, lambda d: d["addenda"][0].pop(r.choice(["acknowledged", "reviewed"]))),
    _set("addenda", 0, acknowledged=_day(1, 19, "2027-02")),
    _set("addenda", 0, reviewed=_day(1, 19, "2027-02")),
    _set("addenda", 0, clauses=["9.9"]),
    _set("addenda", 0, acknowledged=_day(19, 30)),
)
spares(
    "R37",
    _set("addenda", 0, acknowledged=_day(1, 18)),
    _set("addenda", 0, reviewed="2027-02-20"),
    _set("addenda", 0, clauses=["1.10(1)", "2.4"]),
)

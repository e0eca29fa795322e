"""How every letter of a Chinese equipment bid addresses the buyer and ends: seal, signature, date."""

from blocks import right, sign

BUYER = "[[{{ project.buyer }}]]："
PROJECT = "[[{{ project.name }}]]"
SEAL = "（盖单位章）"
SIGNATURE = "（签字）"


def signed(agent: bool = True) -> str:
    """Seal, signature and date, as every letter of the bid ends."""
    who = "法定代表人（单位负责人）或其委托代理人：" if agent else "法定代表人（单位负责人）："
    return sign("投标人：", "{{ bidder.name }}", SEAL, left=420) + sign(who, "", SIGNATURE, left=420) + date()


def date() -> str:
    return right("{{ sign_date }}")

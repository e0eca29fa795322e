"""Which written names mean one company: by credit code, by a decided alias, or not yet known and listed for review.

Nothing is merged by likeness alone; look-alikes go to a review list that a person decides.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import combinations

_CODE_DIGITS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CODE_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_LEGAL_FORMS = (
    "股份有限公司",
    "有限责任公司",
    "有限公司",
    "集团公司",
    "集团",
    "公司",
    "co.,ltd.",
    "ltd.",
    "ltd",
    "inc.",
    "gmbh",
)
_LOOK_ALIKE = 0.85


@dataclass(frozen=True)
class Likeness:
    """Two company ids that may be one, and why a person should look."""

    first: str
    second: str
    reason: str


def is_credit_code(text: str) -> bool:
    """Tell whether `text` is a unified social credit code with a right check character (GB 32100-2015, mod 31)."""
    code = unicodedata.normalize("NFKC", text).strip().upper()
    if len(code) != 18 or any(c not in _CODE_DIGITS for c in code):
        return False
    total = sum(weight * _CODE_DIGITS.index(c) for weight, c in zip(_CODE_WEIGHTS, code, strict=False))
    return _CODE_DIGITS[(31 - total % 31) % 31] == code[17]


def name_key(name: str) -> str:
    """Return a name as it is compared: half-width, lower case, without spaces and quotation marks."""
    text = unicodedata.normalize("NFKC", name).lower()
    return re.sub(r"[\s\"'“”‘’·]", "", text)


def company_id(name: str, credit_code: str, aliases: Mapping[str, str]) -> str:
    """Return the one id of a company: its credit code, else the decided alias of its name, else the name itself.

    Args:
        aliases: decided ids, by credit code or `name_key`.
    """
    code = unicodedata.normalize("NFKC", credit_code).strip().upper()
    own = code if is_credit_code(code) else name_key(name)
    return aliases.get(own, own)


def core(name: str) -> str:
    """Return a name key without legal forms and bracketed places, for finding look-alikes only."""
    text = re.sub(r"\([^)]*\)", "", name_key(name))
    for form in _LEGAL_FORMS:
        text = text.replace(form, "")
    return text


def review(seen: Iterable[tuple[str, str]]) -> list[Likeness]:
    """List company ids that may mean one company.

    Args:
        seen: pairs (name as written, company id now).
    """
    ids_by_name: dict[str, set[str]] = {}
    for name, company in seen:
        ids_by_name.setdefault(name_key(name), set()).add(company)
    return sorted({*_one_name(ids_by_name), *_like_names(ids_by_name)}, key=lambda like: (like.first, like.second))


def _one_name(ids_by_name: Mapping[str, set[str]]) -> Iterable[Likeness]:
    for ids in ids_by_name.values():
        for first, second in combinations(sorted(ids), 2):
            yield Likeness(first, second, "one name, two ids")


def _like_names(ids_by_name: Mapping[str, set[str]]) -> Iterable[Likeness]:
    """Compare only names that share their first two characters of core, so that the list stays quick."""
    blocks: dict[str, list[str]] = {}
    for name in sorted(ids_by_name):
        blocks.setdefault(core(name)[:2], []).append(name)
    for names in blocks.values():
        for one, other in combinations(names, 2):
            if _alike(core(one), core(other)):
                for first in ids_by_name[one]:
                    for second in ids_by_name[other] - {first}:
                        low, high = sorted((first, second))
                        yield Likeness(low, high, "names look alike")


def _alike(one: str, other: str) -> bool:
    if one == other:
        return True
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.real_quick_ratio() >= _LOOK_ALIKE and matcher.ratio() >= _LOOK_ALIKE

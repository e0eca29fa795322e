"""Text made comparable: widths, spaces, Chinese numerals, names."""

import re
import unicodedata
from functools import lru_cache

_DIGITS = {"〇": 0, "零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}


# Forty rules read each text in turn.
@lru_cache(maxsize=16_384)
def narrow(text: str) -> str:
    """Return `text` with full-width letters, digits and punctuation narrow (NFKC)."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


@lru_cache(maxsize=16_384)
def squeeze(text: str) -> str:
    """Return `text` narrow and without any white space, for comparing."""
    return "".join(narrow(text).split())


def is_chinese(text: str) -> bool:
    """Tell whether `text` is written in Chinese."""
    return bool(re.search(r"[\u4e00-\u9fff]{2}", text))


def chinese_number(text: str) -> int | None:
    """Return a Chinese or Arabic counting number (十二, 九十, 一百二十, 12) below one thousand, or None."""
    plain = narrow(text.strip())
    if plain.isascii() and plain.isdigit():
        return int(plain)
    hundreds, found, rest = plain.rpartition("百")
    high = _DIGITS.get(hundreds) if found else 0
    tens, ten, ones = rest.partition("十")
    middle = (_DIGITS.get(tens.lstrip("零")) if tens.lstrip("零") else 1) if ten else 0
    low = _DIGITS.get(ones if ten else rest) if (ones if ten else rest) else 0
    if not plain or high is None or middle is None or low is None:
        return None
    return high * 100 + middle * 10 + low


def distance(left: str, right: str, most: int = 3) -> int:
    """Return the edit distance of two short texts, `most` + 1 when it is larger."""
    if abs(len(left) - len(right)) > most:
        return most + 1
    before = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        now = [i]
        for j, b in enumerate(right, 1):
            now.append(min(before[j] + 1, now[j - 1] + 1, before[j - 1] + (a != b)))
        before = now
    return min(before[-1], most + 1)

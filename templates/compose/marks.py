"""The marks of footnotes and endnotes as Word prints them: a number in one of its number formats."""

from collections.abc import Callable

from templates.wording_cn import whole_cn

_ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl")),
    *((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)
_FIGURES = "〇一二三四五六七八九"
_PLAIN = str.maketrans("零壹贰叁肆伍陆柒捌玖拾佰仟", "零一二三四五六七八九十百千")
_TRADITIONAL = str.maketrans("贰叁陆", "貳參陸")


def written(number: int, kind: str) -> str | None:
    """The mark of note `number` in a number format.

    Args:
        number: From 1 on.
        kind: A value of `w:numFmt` (ECMA-376 part 1, 17.18.59).

    Result: the text, or None for a format that is not known here.
    """
    write = _FORMATS.get(kind)
    return write(number) if write is not None and number > 0 else None


def _roman(number: int) -> str:
    text = ""
    for value, letters in _ROMAN:
        count, number = divmod(number, value)
        text += letters * count
    return text


def _letters(number: int) -> str:
    """A … Z, AA, BB, …: the letter is repeated."""
    times, letter = divmod(number - 1, 26)
    return chr(ord("a") + letter) * (times + 1)


def _symbols(number: int) -> str:
    times, symbol = divmod(number - 1, 4)
    return "*†‡§"[symbol] * (times + 1)


def _from(first: str, last: int) -> Callable[[int], str]:
    """Characters in a row that stand for 1 … `last`; figures beyond."""
    return lambda number: chr(ord(first) + number - 1) if number <= last else str(number)


def _wide(number: int) -> str:
    return "".join(chr(ord("０") + int(digit)) for digit in str(number))


def _digits(number: int) -> str:
    return "".join(_FIGURES[int(digit)] for digit in str(number))


def _counting(number: int) -> str:
    """一 … 九十九; from a hundred on digit by digit."""
    return _thousand(number) if number < 100 else _digits(number).replace("〇", "○")


def _thousand(number: int) -> str:
    """The places named: 十一, 一百零五; capitals write 壹拾 where others write 十."""
    text = whole_cn(number).translate(_PLAIN)
    return text.removeprefix("一") if 10 <= number < 20 else text


def _one_of(row: str) -> Callable[[int], str]:
    return lambda number: row[number - 1] if number <= len(row) else str(number)


_FORMATS: dict[str, Callable[[int], str]] = {
    **dict.fromkeys(("decimal", "decimalHalfWidth"), str),
    **dict.fromkeys(("decimalFullWidth", "decimalFullWidth2"), _wide),
    **dict.fromkeys(("decimalEnclosedCircle", "decimalEnclosedCircleChinese"), _from("①", 20)),
    **dict.fromkeys(("ideographDigital", "taiwaneseDigital"), _digits),
    **dict.fromkeys(("chineseCounting", "taiwaneseCounting"), _counting),
    **dict.fromkeys(("chineseCountingThousand", "taiwaneseCountingThousand"), _thousand),
    "decimalZero": "{:02d}".format,
    "decimalEnclosedFullstop": _from("⒈", 20),
    "decimalEnclosedParen": _from("⑴", 20),
    "ideographEnclosedCircle": _from("㊀", 10),
    "numberInDash": "- {} -".format,
    "hex": "{:X}".format,
    "upperRoman": lambda number: _roman(number).upper(),
    "lowerRoman": _roman,
    "upperLetter": lambda number: _letters(number).upper(),
    "lowerLetter": _letters,
    "chicago": _symbols,
    "chineseLegalSimplified": whole_cn,
    "ideographLegalTraditional": lambda number: whole_cn(number).translate(_TRADITIONAL),
    "ideographTraditional": _one_of("甲乙丙丁戊己庚辛壬癸"),
    "ideographZodiac": _one_of("子丑寅卯辰巳午未申酉戌亥"),
}

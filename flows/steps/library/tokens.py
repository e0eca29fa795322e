"""Text as search tokens: Chinese character by character, Latin word by word, numbers as numbers.

No dictionary decides where a Chinese word ends, so words of one or two characters are found like any other. Tokens are
written in hexadecimal: what a person types can never be read as an operator of the search engine, and characters that
the engine's own Unicode tables do not know stay whole.
"""

import re
import unicodedata
from functools import lru_cache

_IDEOGRAPH = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff\ue000-\uf8ff"
"""CJK ideographs with all extensions, assigned or not yet, and the private-use area where old systems put rare ones."""
_TOKEN = re.compile(rf"[{_IDEOGRAPH}]|\d+|[a-z]+|(?:(?![{_IDEOGRAPH}])[^\W\d_])+")
_ACCENT = re.compile("[\u0300-\u036f]")


def tokens(text: str) -> list[str]:
    """Return the tokens of a text, folded: full width to half width, capitals to small, accents away."""
    return _TOKEN.findall(_ACCENT.sub("", unicodedata.normalize("NFKD", text)).casefold())


def encoded(text: str) -> str:
    """Return a text as the search engine stores it: its tokens in hexadecimal, parted by spaces."""
    return " ".join(map(_hexadecimal, tokens(text)))


@lru_cache(maxsize=65536)
def _hexadecimal(token: str) -> str:
    return token.encode().hex()


def grams(text: str) -> list[str]:
    """Return the pairs of neighbouring Chinese characters and the words of a text, numbers left out.

    Numbers are what differs between two clauses that ask the same of different machines.
    """
    found: list[str] = []
    before = ""
    for token in tokens(text):
        ideograph = _is_ideograph(token)
        if ideograph and before:
            found.append(before + token)
        elif not ideograph and not token.isdigit():
            found.append(token)
        before = token if ideograph else ""
    return found


@lru_cache(maxsize=65536)
def _is_ideograph(token: str) -> bool:
    return re.fullmatch(f"[{_IDEOGRAPH}]", token) is not None

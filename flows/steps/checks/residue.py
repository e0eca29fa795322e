"""The index of other tenders' names and numbers, and the search for them in a bid (residue, R32)."""

import re
from collections.abc import Iterable, Iterator, Sequence

from flows.steps.checks.reading.text import squeeze
from flows.steps.tender import Tender

# Words that stand in many tenders and name none.
_COMMON = frozenset(
    [
        "无",
        "/",
        "-",
        "设备",
        "系统",
        "台",
        "套",
        "货物",
        "采购",
        "项目",
        "招标",
        "公司",
        "学院",
        "医院",
        "中心",
        "标段",
        "standard",
        "none",
        "n/a",
        "tbd",
    ]
)


def terms_of(records: Iterable[Tender]) -> list[str]:
    """Return the names, numbers, buyers and models by which archived tenders are known."""
    terms: dict[str, None] = {}
    for record in records:
        agency = [record.agency.name] if record.agency else []
        for term in (record.title, record.number, record.buyer.name, *agency):
            terms[term] = None
        for lot in record.lots:
            terms |= {item.model: None for item in lot.items if item.model}
    return [term for term in terms if _telling(term)]


def _telling(term: str) -> bool:
    """Short common words are no evidence: at least four Chinese letters, or five letters and digits with a digit."""
    plain = squeeze(term)
    if plain.lower() in _COMMON:
        return False
    if re.search(r"[\u4e00-\u9fff]", plain):
        return len(plain) >= 4
    return len(plain) >= 5 and (any(letter.isdigit() for letter in plain) or len(plain) >= 12)


class Residue:
    """Other tenders' terms without this tender's own, ready to search."""

    def __init__(self, terms: Sequence[str], record: Tender | None) -> None:
        self._own = _own_texts(record) if record is not None else ()
        foreign = {squeeze(term): term for term in terms if _telling(term)}
        foreign = {plain: term for plain, term in foreign.items() if plain not in self._own}
        self.size = len(foreign)
        self._names = foreign
        ordered = sorted(foreign, key=len, reverse=True)
        self._pattern = re.compile("|".join(_bounded(plain) for plain in ordered)) if ordered else None

    def hits(self, text: str) -> Iterator[str]:
        """Yield every foreign term in a text; a term inside one of this tender's own names is none."""
        if self._pattern is None:
            return
        plain = squeeze(text)
        matches = list(self._pattern.finditer(plain))
        if not matches:
            return
        covered = [m.span() for own in self._own for m in re.finditer(re.escape(own), plain)]
        for match in matches:
            if not any(start <= match.start() and match.end() <= end for start, end in covered):
                yield self._names[match[0]]


def _bounded(plain: str) -> str:
    """A number ends where letters and digits end: CSXY-2024-01 is not in CSXY-2024-017."""
    before = r"(?<![0-9A-Za-z])" if re.match(r"[0-9A-Za-z]", plain) else ""
    after = r"(?![0-9A-Za-z]|-[0-9A-Za-z])" if re.search(r"[0-9A-Za-z]$", plain) else ""
    return before + re.escape(plain) + after


def _own_texts(record: Tender) -> tuple[str, ...]:
    texts = [
        record.title,
        record.number,
        record.buyer.name,
        record.bidder.name,
        record.buyer.address,
        record.bidder.address,
    ]
    texts += [record.agency.name] if record.agency else []
    texts += [
        text for lot in record.lots for text in (lot.name, *(i.model for i in lot.items), *(i.name for i in lot.items))
    ]
    texts += [text for project in record.track_record for text in (project.buyer, project.project)]
    texts += [clause.requirement for lot in record.lots for clause in lot.clauses]
    texts += [authorisation.manufacturer for authorisation in record.authorisations]
    return tuple(dict.fromkeys(squeeze(text) for text in texts if len(squeeze(text)) >= 2))

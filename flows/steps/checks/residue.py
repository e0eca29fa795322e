"""The index of other tenders' names and numbers, and the search for them in a bid (residue, R32)."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from flows.steps.checks.reading.text import squeeze
from flows.steps.tender import Tender

_COMMON_MODEL = 3
_START = 4
# Words that stand in many tenders and name none.
_TRADE = re.compile(
    "设备|系统|货物|服务|工程|采购|招标|投标|公开|项目|建设|购置|安装|供货|标段|标包|第[一二三四五六七八九十]+|批次?|年度?|"
    "股份|有限|责任|公司|集团|学院|大学|学校|医院|中心|研究所|研究院|政府|委员会|管理局|[市省县区]"
)


def names_of(record: Tender) -> dict[str, list[str]]:
    """Return what a tender is known by: `names` (title, number, buyer, agency) and `models` of its items."""
    names = [record.title, record.number, record.buyer.name, *([record.agency.name] if record.agency else [])]
    models = [item.model for lot in record.lots for item in lot.items]
    return {"names": _once(names), "models": _once(models)}


def terms_of(tenders: Collection[Mapping[str, Sequence[str]]]) -> list[str]:
    """Return the names, numbers, buyers and models that tell one tender from others.

    Args:
        tenders: what `names_of` gave for each; a model that three of them share is our own ware and tells nothing.
    """
    models = Counter(model for names in tenders for model in names["models"])
    rare = [model for model, count in models.items() if count < _COMMON_MODEL]
    return _once([*(name for names in tenders for name in names["names"]), *rare])


def _once(terms: Iterable[str]) -> list[str]:
    return [term for term in dict.fromkeys(terms) if _telling(term)]


def _telling(term: str) -> bool:
    """Short common words are no evidence: two Chinese letters besides words of trade, or a number of five signs."""
    plain = squeeze(term)
    if re.search(r"[\u4e00-\u9fff]", plain):
        own = re.sub(_TRADE, "", plain)
        return len(plain) >= 4 and len(re.findall(r"[\u4e00-\u9fff]", own)) >= 2
    return len(plain) >= 5 and (any(letter.isdigit() for letter in plain) or len(plain) >= 12)


class Residue:
    """Other tenders' terms without this tender's own, ready to search."""

    def __init__(self, terms: Sequence[str], record: Tender | None) -> None:
        self._own = _own_texts(record) if record is not None else ()
        foreign = {squeeze(term): term for term in terms if _telling(term)}
        foreign = {plain: term for plain, term in foreign.items() if plain not in self._own}
        self.size = len(foreign)
        self._names = foreign
        self._starts: dict[str, list[re.Pattern[str]]] = defaultdict(list)
        for plain in sorted(foreign, key=len, reverse=True):
            self._starts[plain[:_START]].append(re.compile(_bounded(plain)))

    def hits(self, text: str) -> Iterator[str]:
        """Yield every foreign term in a text; a term inside one of this tender's own names is none."""
        plain = squeeze(text)
        matches = list(self._matches(plain))
        if not matches:
            return
        covered = [m.span() for own in self._own for m in re.finditer(re.escape(own), plain)]
        for match in matches:
            if not any(start <= match.start() and match.end() <= end for start, end in covered):
                yield self._names[match[0]]

    def _matches(self, plain: str) -> Iterator[re.Match[str]]:
        """Compare only where a term's first signs stand, so that the time does not grow with the index."""
        starts = {plain[at : at + _START] for at in range(len(plain) - _START + 1)} & self._starts.keys()
        end = 0
        for match in sorted(
            (m for s in starts for p in self._starts[s] for m in p.finditer(plain)), key=_longest_first
        ):
            if match.start() >= end:
                yield match
                end = match.end()


def _longest_first(match: re.Match[str]) -> tuple[int, int]:
    return match.start(), -match.end()


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

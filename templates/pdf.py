"""Word documents to PDF through LibreOffice: parallel, limited in time, cached by content, every font checked."""

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from templates import fonts, pdf_fonts, pdf_office
from templates.pdf_scratch import scratch

PROFILES = 2  # LibreOffice processes at once; measured: two give 1.4 × of one on two cores


class PdfCache(Protocol):
    """Keeps PDFs by the digest of what they were made from; the keeper seals what it stores."""

    def get(self, digest: str, /) -> bytes | None: ...
    def put(self, digest: str, pdf: bytes, /) -> None: ...


def to_pdf(docx: bytes, *, name: str = "document", timeout: float = 120, cache: PdfCache | None = None) -> bytes:
    """The PDF of one .docx; see `to_pdfs`."""
    return to_pdfs([docx], names=[name], timeout=timeout, cache=cache)[0]


def to_pdfs(
    documents: Sequence[bytes],
    *,
    names: Sequence[str] | None = None,
    timeout: float = 120,
    cache: PdfCache | None = None,
) -> list[bytes]:
    """The PDFs of .docx documents, in their order.

    `names` stand for the documents in errors; `timeout` is in seconds per document.
    Raises `OfficeFailed` (`OfficeTimeout` when killed), `SubstitutedFont`, `MissingFonts`, `NoScratch`.
    """
    labels = list(names or (f"document {number}" for number in range(1, len(documents) + 1)))
    digests = [_digest(document) for document in documents]
    made = {digest: kept for digest in digests if cache is not None and (kept := cache.get(digest))}
    new = {digest: place for place, digest in enumerate(digests) if digest not in made}
    for digest, pdf in zip(new, _convert([(documents[i], labels[i]) for i in new.values()], timeout), strict=True):
        pdf_fonts.check(documents[new[digest]], pdf, labels[new[digest]])
        made[digest] = pdf
        if cache is not None:
            cache.put(digest, pdf)
    return [made[digest] for digest in digests]


def _convert(work: list[tuple[bytes, str]], timeout: float) -> list[bytes]:
    """Share the documents out by size, one LibreOffice process for each share."""
    if not work:
        return []
    shares: list[list[int]] = [[] for _ in range(min(PROFILES, len(work)))]
    for place in sorted(range(len(work)), key=lambda i: -len(work[i][0])):
        min(shares, key=lambda share: sum(len(work[i][0]) for i in share)).append(place)

    def run(share: list[int]) -> list[bytes]:
        with scratch() as folder:
            return pdf_office.convert([work[i][0] for i in share], [work[i][1] for i in share], folder, timeout)

    with ThreadPoolExecutor(len(shares)) as pool:
        results = list(pool.map(run, shares))
    made = {
        place: pdf for share, pdfs in zip(shares, results, strict=True) for place, pdf in zip(share, pdfs, strict=True)
    }
    return [made[place] for place in range(len(work))]


def _digest(document: bytes) -> str:
    """What a PDF depends on: the document and the faces that stand for its fonts."""
    return hashlib.sha256(fonts.config_file().name.encode() + document).hexdigest()

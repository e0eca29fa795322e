"""Sealed renditions: a scan of stamped paper or an e-sealed PDF, bound to the reviewed volume page for page.

SJE/ZY/GK-02 art. 3.3: seals change bytes by nature, so a sealed rendition is a new object under a signed statement.
"""

from collections.abc import Sequence

from flows.errors import TenderError
from flows.steps.pack_submission import PackedFile
from flows.steps.procedure import Gate

RENDITION_GATE = Gate(
    "rendition", "rendition", "3.3", ("submitter",), ("same",), ("package/{lot}", "rendition/{lot}/*"),
)  # fmt: skip


class PagesDiffer(TenderError):
    """A rendition that cannot be the reviewed volume page for page."""


def require_same_pages(volume: str, pages: int, reviewed: Sequence[PackedFile]) -> None:
    """Refuse a rendition with another number of pages than the reviewed volume.

    Args:
        pages: of the rendition.
        reviewed: the files of the final package.

    Raises:
        PagesDiffer: with both numbers, or with the volumes that there are.
    """
    counted = {file.name.removesuffix(".pdf"): file.pages for file in reviewed if file.pages is not None}
    if volume not in counted:
        raise PagesDiffer(
            "Rendition of {volume}: no such volume in the package, expected one of {known}; next: name one of them",
            volume=volume,
            known=", ".join(counted),
        )
    if counted[volume] != pages:
        raise PagesDiffer(
            "Rendition of {volume}: {found} pages, expected {expected} as reviewed (SJE/ZY/GK-02 art. 3.3); "
            "next: scan every page, and nothing else",
            volume=volume,
            found=pages,
            expected=counted[volume],
        )

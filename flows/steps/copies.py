"""Copies on paper and on sticks: one original (正本), duplicates (副本), sticks (U盘), with a packing list and labels.

How many the buyer asks for stands in the record: `limits.copies`, `limits.usb`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from flows.steps.fields import fields_of
from flows.steps.tender import Tender
from templates import catalogue, fill

LANGUAGE = "zh-CN"


@dataclass(frozen=True)
class Copies:
    """How many of each kind are delivered."""

    originals: int
    duplicates: int
    usb: int

    def pieces(self) -> tuple[tuple[str, str], ...]:
        """Return kind and number of each piece: `正本` `1/1`, `副本` `1/4`, …"""
        kinds = (("正本", self.originals), ("副本", self.duplicates), ("U盘", self.usb))
        return tuple((kind, f"{n}/{count}") for kind, count in kinds for n in range(1, count + 1))


@dataclass(frozen=True)
class PrintedVolume:
    """A final volume as it is printed: its PDF's file name, title, pages and SHA-256."""

    file: str
    title: str
    pages: int
    digest: str


def copies_of(tender: Tender) -> Copies | None:
    """Return how many copies the record asks for; None where it asks for none, as on a platform."""
    limits = tender.limits
    if limits.copies is None and not limits.usb:
        return None
    return Copies(1, limits.copies or 0, limits.usb)


def packing_list(tender: Tender, lot_id: str, copies: Copies, volumes: Sequence[PrintedVolume], packer: str) -> bytes:
    """Return packing list and labels as one Word file.

    Args:
        packer: the name of who packs, printed where they sign.
    """
    lot = tender.lot(lot_id).model_copy(update={"clauses": ()})
    fields = fields_of(tender.model_copy(update={"lots": (lot,)}), lot_id, LANGUAGE)
    titles = "、".join(volume.title for volume in volumes)
    pieces = [
        {"kind": kind, "no": no, "volume": volume.title, "pages": str(volume.pages)}
        for kind, no in copies.pieces()
        for volume in volumes
    ]
    packing = {
        "originals": str(copies.originals), "copies": str(copies.duplicates), "usb": str(copies.usb),
        "pieces": pieces, "labels": [{"kind": kind, "no": no, "volumes": titles} for kind, no in copies.pieces()],
        "files": [{"name": volume.file, "digest": volume.digest} for volume in volumes],
    }  # fmt: skip
    signatures = [{"role": "装箱人", "name": packer, "mark": "", "at": ""}]
    form = {"number": tender.number, "signatures": signatures}
    return fill.fill_bytes(catalogue.form("packing-list"), {**fields, "form": form, "packing": packing})

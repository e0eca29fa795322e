"""Writes the Word templates of the sets and of our own forms.

The .docx files are committed because business people go on editing them in Word; run this only to start one anew, since
it replaces what stands: `python scripts/make_templates cn-equipment-2017 [bid-letter …]`.
"""

import sys
from pathlib import Path

import agreement
import cn_equipment
import cn_goods
import forms
import wb_goods
from blocks import para
from package import write
from styles import CHINESE, ENGLISH

ROOM = Path(__file__).parents[2] / "templates"
FOLDERS = {
    "cn-equipment-2017": (CHINESE, cn_equipment),
    "cn-goods-87": (CHINESE, cn_goods),
    "wb-goods": (ENGLISH, wb_goods),
    "technical-agreement": (CHINESE, agreement),
    "forms": (CHINESE, forms),
}


def main(folder: str, wanted: list[str]) -> None:
    look, module = FOLDERS[folder]
    place = ROOM / ("forms" if folder == "forms" else f"sets/{folder}")
    for name, (body, header, page) in module.documents().items():
        if not wanted or name in wanted:
            write(place / f"{name}.docx", look, body, _header(header, page), page)


def _header(text: str, page: str) -> str:
    tabs = '<w:tabs><w:tab w:val="clear" w:pos="8845"/><w:tab w:val="right" w:pos="13777"/></w:tabs>'
    return para(text, "Header", tabs if page == "wide" else "") if text else ""


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in FOLDERS:
        sys.exit(f"usage: python scripts/make_templates {{{'|'.join(FOLDERS)}}} [name …]")
    main(sys.argv[1], sys.argv[2:])

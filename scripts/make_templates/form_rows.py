"""What our own forms are made of: titles, rows over six columns, the table of signatures."""

from blocks import Cell, each, label, para, row, table

SIX = (1600, 1300, 1345, 1700, 1450, 1450)


def center(text: str) -> Cell:
    return Cell(text, align="center")


def number(text: str) -> Cell:
    return Cell(text, align="right")


def title(text: str) -> str:
    return para(text, "BidTitle")


def part(text: str) -> str:
    return para(text, "Heading3", '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="0"/></w:numPr>')


def tall(text: str, span: int, height: int = 950) -> Cell:
    return Cell(text, span, height=height)


def pair(*cells: str) -> str:
    """One row of label, value, label, value over the six columns."""
    first, value, second, other = cells
    return row(SIX, label(first), Cell(value, 2), label(second), Cell(other, 2))


def whole(name: str, value: str) -> str:
    return row(SIX, label(name), Cell(value, 5))


def signatures(roles: str = "form.signatures") -> str:
    """Who signs: the name is printed, the signature and its time come by hand or from the signed event."""
    w = (2000, 1350, 2895, 2600)
    return part("签字") + table(w, ["角色", "姓名", "签字", "时间"],
        each(w, f"signature in {roles}", center("{{ signature.role }}"), center("{{ signature.name }}"),
             Cell("{{ signature.mark }}", align="center", height=480), center("{{ signature.at }}")))  # fmt: skip

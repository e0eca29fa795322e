"""Drawings of the example's equipment, as a technical department would paste them into its Word file."""

import io

from PIL import Image, ImageDraw, ImageFont

FONT = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
SIMPLIFIED = 2  # face of the collection for simplified Chinese
INK, THIN, FILL = (30, 41, 59), (100, 116, 139), (226, 232, 240)
SIZE = (1400, 900)


class Sheet:
    """A white sheet to draw on, in pixels, with labels and dimension lines."""

    def __init__(self) -> None:
        self.image = Image.new("RGB", SIZE, "white")
        self.draw = ImageDraw.Draw(self.image)
        self.font = ImageFont.truetype(FONT, 26, index=SIMPLIFIED)

    def box(self, x: int, y: int, width: int, height: int, text: str = "", fill: tuple[int, int, int] = FILL) -> None:
        self.draw.rectangle((x, y, x + width, y + height), fill, INK, 4)
        self.draw.text((x + width / 2, y + height / 2), text, INK, self.font, anchor="mm", align="center")

    def wheel(self, x: int, y: int, radius: int) -> None:
        self.draw.ellipse((x - radius, y - radius, x + radius, y + radius), "white", INK, 5)
        self.draw.ellipse((x - 6, y - 6, x + 6, y + 6), INK)

    def line(self, *points: tuple[int, int]) -> None:
        self.draw.line(points, THIN, 3)

    def note(self, x: int, y: int, to: tuple[int, int], text: str) -> None:
        """A label at (x, y) with a leader to the thing it names."""
        left = to[0] < x
        self.line((x - 12 if left else x + 12, y), to)
        self.draw.ellipse((to[0] - 5, to[1] - 5, to[0] + 5, to[1] + 5), THIN)
        self.draw.text((x, y), text, INK, self.font, anchor="lm" if left else "rm")

    def dimension(self, start: tuple[int, int], end: tuple[int, int], text: str) -> None:
        self.line(start, end)
        upright = start[0] == end[0]
        for x, y in (start, end):
            self.line((x - 12, y), (x + 12, y)) if upright else self.line((x, y - 12), (x, y + 12))
        middle = ((start[0] + end[0]) // 2, (start[1] + end[1]) // 2)
        place = (middle[0] + 14, middle[1]) if upright else (middle[0], middle[1] + 26)
        self.draw.text(place, text, INK, self.font, anchor="lm" if upright else "mm")

    def png(self) -> bytes:
        out = io.BytesIO()
        self.image.save(out, "PNG", optimize=True)
        return out.getvalue()


def lifting() -> bytes:
    """Side view of the lifting AGV."""
    sheet = Sheet()
    sheet.box(430, 690, 520, 90, "底盘与电池")
    for x in (510, 690, 870):
        sheet.wheel(x, 790, 32)
    for x in (470, 540):
        sheet.box(x, 110, 22, 580)
    sheet.box(560, 330, 330, 26, fill=(203, 213, 225))
    sheet.box(600, 200, 250, 130, "料箱", (241, 245, 249))
    sheet.box(880, 640, 60, 50)
    sheet.note(1040, 360, (870, 343), "柔性夹抱货叉")
    sheet.note(1040, 560, (910, 660), "旋转式激光 270°")
    sheet.note(340, 300, (480, 300), "升降门架")
    sheet.note(340, 735, (440, 735), "急停按钮")
    sheet.dimension((400, 110), (400, 822), "4.0 m")
    sheet.dimension((430, 850), (950, 850), "")
    sheet.draw.text((690, 876), "回转直径 1900 mm", INK, sheet.font, anchor="mm")
    return sheet.png()


def carrying() -> bytes:
    """Side view of the carrying AGV under its load."""
    sheet = Sheet()
    sheet.box(350, 560, 700, 130, "车体")
    sheet.box(470, 515, 460, 45, "举升平台", (203, 213, 225))
    sheet.box(420, 250, 560, 265, "货架或托盘  额定载荷 600 kg", (241, 245, 249))
    for x in (440, 700, 960):
        sheet.wheel(x, 700, 36)
    sheet.line((200, 736), (1200, 736))
    sheet.note(1130, 625, (1040, 625), "激光避障")
    sheet.note(270, 660, (700, 690), "二维码识读相机")
    sheet.dimension((1090, 500), (1090, 560), "举升 60 mm")
    sheet.dimension((350, 800), (1050, 800), "回转直径 1000 mm")
    return sheet.png()


def scheduling() -> bytes:
    """The one scheduling system over both kinds of AGV."""
    sheet = Sheet()
    sheet.box(500, 60, 400, 100, "仓储管理系统 WMS")
    sheet.box(500, 260, 400, 120, "AGV 混合调度系统\n路径规划 · 交通管制 · 充电管理")
    sheet.box(120, 500, 320, 100, "智能升降AGV × 4")
    sheet.box(540, 500, 320, 100, "背负型AGV × 3")
    sheet.box(960, 500, 320, 100, "自动充电桩")
    sheet.box(120, 720, 1160, 80, "无线网络与地面二维码", (241, 245, 249))
    sheet.line((700, 160), (700, 260))
    for x in (280, 700, 1120):
        sheet.line((700, 380), (700, 440), (x, 440), (x, 500))
        sheet.line((x, 600), (x, 720))
    return sheet.png()

"""Small charts as inline SVG: bars with intervals, boxes, lines, a histogram; readable on screen and on paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_WIDTH, _ROW, _LEFT, _RIGHT = 760, 24, 210, 90
_PLOT = _WIDTH - _LEFT - _RIGHT
_COLOURS = ("#1f5f99", "#c1571a", "#3b7d3b", "#7a4b94")


@dataclass(frozen=True)
class Bar:
    """A value with its interval; `faint` when there are too few cases."""

    label: str
    value: float
    low: float
    high: float
    note: str
    faint: bool = False


@dataclass(frozen=True)
class Box:
    """Lowest, quarters, median, highest."""

    label: str
    points: tuple[float, float, float, float, float]
    note: str


@dataclass(frozen=True)
class Line:
    """Named points, x rising."""

    name: str
    points: Sequence[tuple[float, float]]


def bars(entries: Sequence[Bar]) -> str:
    """Return horizontal bars from 0, their intervals as whiskers, as percent."""
    top = max([entry.high for entry in entries], default=1.0) or 1.0
    parts = [_grid(0, top, len(entries))]
    for position, entry in enumerate(entries):
        y = 22 + position * _ROW
        tone = "#b9c4cf" if entry.faint else _COLOURS[0]
        parts.append(_label(entry.label, y))
        parts.append(
            f'<rect x="{_LEFT}" y="{y}" width="{_x(entry.value, 0, top) - _LEFT:.1f}" height="14" fill="{tone}"/>'
        )
        low, high = _x(entry.low, 0, top), _x(entry.high, 0, top)
        parts.append(f'<path d="M{low:.1f} {y + 7}H{high:.1f}M{low:.1f} {y + 3}v8M{high:.1f} {y + 3}v8" class="w"/>')
        parts.append(_text(_WIDTH - _RIGHT + 8, y + 12, entry.note))
    return _svg(parts, 30 + len(entries) * _ROW)


def boxes(entries: Sequence[Box]) -> str:
    """Return horizontal box plots, as percent."""
    low = min([0.0, *(entry.points[0] for entry in entries)])
    high = max([entry.points[4] for entry in entries], default=1.0) or 1.0
    parts = [_grid(low, high, len(entries))]
    for position, entry in enumerate(entries):
        y = 22 + position * _ROW
        a, b, c, d, e = (_x(point, low, high) for point in entry.points)
        parts.append(_label(entry.label, y))
        parts.append(f'<path d="M{a:.1f} {y + 7}H{e:.1f}" class="w"/>')
        parts.append(_rect(b, y, max(d - b, 1), 14, "#9dbbd8"))
        parts.append(f'<path d="M{c:.1f} {y}v14" stroke="{_COLOURS[1]}" stroke-width="2"/>')
        parts.append(_text(_WIDTH - _RIGHT + 8, y + 12, entry.note))
    return _svg(parts, 30 + len(entries) * _ROW)


def histogram(values: Sequence[float], step: float, top: float) -> str:
    """Return how many values fall in each step from 0 to `top`; the last step takes the rest."""
    count = max(1, round(top / step))
    heights = [0] * count
    for value in values:
        heights[min(count - 1, max(0, int(value / step)))] += 1
    tallest, width = max(heights) or 1, (_WIDTH - 60) / count
    parts = []
    for position, height in enumerate(heights):
        tall, x = 150 * height / tallest, 40 + position * width
        parts.append(
            f'<rect x="{x:.1f}" y="{170 - tall:.1f}" width="{width - 2:.1f}" height="{tall:.1f}" fill="{_COLOURS[0]}"/>'
        )
        parts.append(_text(x + width / 2, 165 - tall, str(height), "middle"))
        more = "≥ " if position == count - 1 else ""
        parts.append(_text(x + width / 2, 186, f"{more}{position * step * 100:.0f} %", "middle"))
    return _svg(parts, 196)


def lines(entries: Sequence[Line], x_name: str, y_name: str, *, diagonal: bool = False, percent: bool = True) -> str:
    """Return lines over x in percent; `diagonal` marks where both axes say the same, `percent` is about y."""
    xs = [x for entry in entries for x, _y in entry.points]
    ys = [y for entry in entries for _x_, y in entry.points]
    x0, x1, y0, y1 = min(xs), max(xs), min(0.0, *ys), max(ys)
    if diagonal:
        x0, x1, y0, y1 = 0.0, 1.0, 0.0, 1.0
    place = _Place(x0, x1 if x1 > x0 else x0 + 1, y0, y1 if y1 > y0 else y0 + 1)
    parts = [place.axes(x_name, y_name, percent=percent)]
    if diagonal:
        parts.append(f'<path d="{place.path([(0, 0), (1, 1)])}" class="g" stroke-dasharray="4 3" fill="none"/>')
    for position, entry in enumerate(entries):
        colour = _COLOURS[position % len(_COLOURS)]
        parts.append(f'<path d="{place.path(entry.points)}" stroke="{colour}" stroke-width="2" fill="none"/>')
        for x, y in entry.points:
            parts.append(f'<circle cx="{place.x(x):.1f}" cy="{place.y(y):.1f}" r="3" fill="{colour}"/>')
        parts.append(_rect(80 + position * 170, 6, 12, 12, colour))
        parts.append(_text(97 + position * 170, 16, entry.name))
    return _svg(parts, 320)


@dataclass(frozen=True)
class _Place:
    """Where a point of a line chart lies on the page."""

    x0: float
    x1: float
    y0: float
    y1: float

    def x(self, value: float) -> float:
        return 80 + (value - self.x0) / (self.x1 - self.x0) * (_WIDTH - 120)

    def y(self, value: float) -> float:
        return 270 - (value - self.y0) / (self.y1 - self.y0) * 235

    def path(self, points: Sequence[tuple[float, float]]) -> str:
        return "M" + "L".join(f"{self.x(x):.1f} {self.y(y):.1f}" for x, y in points)

    def axes(self, x_name: str, y_name: str, *, percent: bool) -> str:
        parts = []
        for step in range(6):
            x = self.x0 + (self.x1 - self.x0) * step / 5
            y = self.y0 + (self.y1 - self.y0) * step / 5
            parts.append(f'<path d="M80 {self.y(y):.1f}H{_WIDTH - 40}" class="g"/>')
            parts.append(_text(self.x(x), 286, f"{x * 100:.1f} %", "middle"))
            parts.append(_text(74, self.y(y) + 4, f"{y * 100:.0f} %" if percent else f"{y:,.0f}", "end"))
        parts.append(_text(_WIDTH / 2, 308, x_name, "middle"))
        parts.append(f'<text transform="translate(14 150) rotate(-90)" text-anchor="middle">{escape(y_name)}</text>')
        return "".join(parts)


def _x(value: float, low: float, high: float) -> float:
    return _LEFT + (value - low) / (high - low or 1) * _PLOT


def _grid(low: float, high: float, rows: int) -> str:
    parts = []
    for step in range(5):
        value = low + (high - low) * step / 4
        x = _x(value, low, high)
        parts.append(
            f'<path d="M{x:.1f} 16V{22 + rows * _ROW}" class="g"/>{_text(x, 12, f"{value * 100:.0f} %", "middle")}'
        )
    return "".join(parts)


def _label(text: str, y: int) -> str:
    """A name at the left, cut to what fits; East Asian characters are twice as wide."""
    room, shown = 32, ""
    for letter in text:
        room -= 2 if ord(letter) > 0x2E7F else 1
        if room < 1:
            shown += "…"
            break
        shown += letter
    return f"<g><title>{escape(text)}</title>{_text(_LEFT - 8, y + 12, shown, 'end')}</g>"


def _rect(x: float, y: float, width: float, height: float, colour: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{colour}"/>'


def _text(x: float, y: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _svg(parts: Sequence[str], height: int) -> str:
    return f'<svg viewBox="0 0 {_WIDTH} {height}" role="img">{"".join(parts)}</svg>'

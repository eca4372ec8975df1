"""Bars side by side, as plain SVG: one panel for each figure, one bar for each side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

_WIDE, _LEFT, _BAR, _HEAD, _GAP, _COLUMNS = 430, 110, 16, 26, 18, 2
_MOST = _WIDE - _LEFT - 90
"""Length of a panel's longest bar."""
_COLOURS = ("#3b6ea5", "#8aa17b", "#b0b0b0", "#e0a030")


@dataclass(frozen=True)
class Panel:
    """One figure."""

    title: str
    values: Mapping[str, float]
    """Side -> value."""


def as_svg(title: str, panels: Sequence[Panel]) -> str:
    """Each panel has its own scale, from 0."""
    tall = _HEAD + _GAP + max((len(panel.values) for panel in panels), default=0) * (_BAR + 3)
    rows = -(-len(panels) // _COLUMNS)
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{_COLUMNS * _WIDE}" height="{40 + rows * tall}" '
            'font-family="sans-serif" font-size="12">'
        ),
        '<rect width="100%" height="100%" fill="white"/>',
        f'<text x="12" y="22" font-size="15">{escape(title)}</text>',
    ]
    for at, panel in enumerate(panels):
        parts += _panel(panel, at % _COLUMNS * _WIDE, 40 + at // _COLUMNS * tall)
    return "\n".join([*parts, "</svg>", ""])


def _panel(panel: Panel, x: int, y: int) -> list[str]:
    most = max(panel.values.values(), default=0) or 1
    parts = [f'<text x="{x + 12}" y="{y + 14}" font-weight="bold">{escape(panel.title)}</text>']
    for at, (side, value) in enumerate(panel.values.items()):
        top, long = y + _HEAD + at * (_BAR + 3), _MOST * value / most
        parts += [
            f'<text x="{x + _LEFT - 6}" y="{top + 12}" text-anchor="end">{escape(side)}</text>',
            (
                f'<rect x="{x + _LEFT}" y="{top}" width="{max(long, 1):.1f}" height="{_BAR}" '
                f'fill="{_COLOURS[at % len(_COLOURS)]}"/>'
            ),
            f'<text x="{x + _LEFT + max(long, 1) + 5:.1f}" y="{top + 12}">{_said(value)}</text>',
        ]
    return parts


def _said(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"

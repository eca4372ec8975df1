"""The same as a picture: how many times ours each column of LiteLLM's is, on a logarithmic scale. Plain SVG."""

import math
from collections.abc import Mapping, Sequence
from html import escape
from types import MappingProxyType

from tests.bench.router.job import Variant
from tests.bench.router.summary import Line

_LEFT, _RIGHT, _TOP, _BAR, _GAP = 330, 620, 56, 11, 12
_COLOURS: Mapping[Variant, str] = MappingProxyType({"litellm": "#c0504d", "litellm tuned": "#e0a030"})


def as_svg(lines: Sequence[Line]) -> str:
    """Bars to the right of the line at 1 are LiteLLM's excess. Rows without a ratio (ours is 0) are left out."""
    shown = [line for line in lines if any(line.ratios.values())]
    decades = max(1, math.ceil(math.log10(max((r for line in shown for r in line.ratios.values() if r), default=1))))
    step = 2 * _BAR + _GAP
    height = _TOP + step * len(shown) + 30
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{_LEFT + _RIGHT + 80}" height="{height}" '
            'font-family="sans-serif" font-size="12">'
        ),
        '<rect width="100%" height="100%" fill="white"/>',
        '<text x="12" y="22" font-size="15">LiteLLM\'s Router, in multiples of this service (less is better)</text>',
    ]
    for at, (name, colour) in enumerate(_COLOURS.items()):
        parts.append(f'<rect x="{12 + 110 * at}" y="32" width="10" height="10" fill="{colour}"/>')
        parts.append(f'<text x="{26 + 110 * at}" y="41">{name}</text>')
    for decade in range(decades + 1):
        x = _LEFT + _RIGHT * decade / decades
        parts.append(f'<line x1="{x}" x2="{x}" y1="{_TOP - 6}" y2="{height - 24}" stroke="#ccc"/>')
        parts.append(f'<text x="{x}" y="{height - 8}" text-anchor="middle">{10**decade}x</text>')
    for at, line in enumerate(shown):
        parts += _bars(line, _TOP + at * step, decades)
    return "\n".join([*parts, "</svg>", ""])


def _bars(line: Line, y: int, decades: int) -> list[str]:
    title = line.row.title if not line.row.title.startswith("...") else f"{line.row.case} {line.row.title[3:].strip()}"
    parts = [f'<text x="{_LEFT - 8}" y="{y + _BAR + 4}" text-anchor="end">{escape(title)}</text>']
    for at, (variant, ratio) in enumerate(line.ratios.items()):
        if not ratio:
            continue
        end = _RIGHT * max(-0.05, math.log10(ratio)) / decades
        bar_y = y + at * _BAR
        parts.append(
            f'<rect x="{_LEFT + min(end, 0):.1f}" y="{bar_y}" width="{max(abs(end), 1):.1f}" height="{_BAR - 1}" '
            f'fill="{_COLOURS[variant]}"/>'
        )
        parts.append(f'<text x="{_LEFT + max(end, 0) + 4:.1f}" y="{bar_y + 9}" font-size="10">{ratio:.3g}</text>')
    return parts

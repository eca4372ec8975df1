"""Plots as inline SVG: intervals, a reliability diagram, a table of shades. Colours come from the page's CSS."""

from collections.abc import Mapping
from html import escape

from streams.verify.scores import Reliability, Share

_LEFT, _WIDTH, _ROW = 150, 420, 30
_SIDE = 220
_CELL_WIDTH, _CELL_HEIGHT = 92, 28


def intervals(shares: Mapping[str, Share]) -> str:
    """One row a share: a dot at its value, a bar over its 95 % interval, from 0 to 1."""
    rows = []
    for number, (name, share) in enumerate(shares.items()):
        y = _ROW * number + 20
        low, high = (_LEFT + _WIDTH * bound for bound in share.interval)
        dot = (
            ""
            if share.value is None
            else f'<circle cx="{_LEFT + _WIDTH * share.value:.1f}" cy="{y}" r="5" fill="var(--mark)"/>'
        )
        rows.append(
            f'<text x="0" y="{y + 4}">{escape(name)}</text>'
            f'<line x1="{_LEFT}" x2="{_LEFT + _WIDTH}" y1="{y}" y2="{y}" stroke="var(--line)"/>'
            f'<line x1="{low:.1f}" x2="{high:.1f}" y1="{y}" y2="{y}" stroke="var(--soft)" stroke-width="9"/>{dot}'
            f'<text x="{_LEFT + _WIDTH + 14}" y="{y + 4}">{escape(str(share))}</text>'
        )
    return _svg(_LEFT + _WIDTH + 320, _ROW * len(shares) + 10, rows, "Shares with their intervals")


def reliability(found: Reliability) -> str:
    """Share right over mean confidence; on the diagonal a confidence means what it says. Areas show counts."""
    most = max(part.count for part in found.bins)
    x0, top = 46, 18  # a large circle at the top stays whole
    y0 = _SIDE + top
    middle = _SIDE // 2
    marks = [
        f'<rect x="{x0}" y="{top}" width="{_SIDE}" height="{_SIDE}" fill="none" stroke="var(--line)"/>',
        f'<line x1="{x0}" y1="{y0}" x2="{x0 + _SIDE}" y2="{top}" stroke="var(--mute)" stroke-dasharray="4 4"/>',
        f'<text x="{x0 + middle}" y="{y0 + 32}" text-anchor="middle">mean confidence</text>',
        f'<text x="12" y="{middle}" transform="rotate(-90 12 {middle})" text-anchor="middle">share right</text>',
        *(
            f'<text x="{x0 + _SIDE * tick:.0f}" y="{y0 + 16}" text-anchor="middle">{tick:g}</text>'
            for tick in (0, 0.5, 1)
        ),
        *(f'<text x="{x0 - 6}" y="{y0 - _SIDE * tick + 4:.0f}" text-anchor="end">{tick:g}</text>' for tick in (0.5, 1)),
    ]
    for part in found.bins:
        radius = 4 + 10 * (part.count / most) ** 0.5
        marks.append(
            f'<circle cx="{x0 + _SIDE * part.confidence:.1f}" cy="{y0 - _SIDE * part.right:.1f}" r="{radius:.1f}" '
            f'fill="var(--mark)" fill-opacity=".55"><title>{part.count} decided at {part.low:g} to {part.high:g}: '
            f"{part.right:.3f} right</title></circle>"
        )
    note = f"ECE {found.ece:.3f}, Brier {found.brier:.3f}"
    marks.append(f'<text x="{x0 + _SIDE - 10}" y="{y0 - 12}" text-anchor="end">{note}</text>')  # off the diagonal
    return _svg(x0 + _SIDE + 20, y0 + 40, marks, "Reliability diagram")


def heat(counts: Mapping[tuple[str, str], int]) -> str:
    """Labels down, verdicts across; the darker, the larger the share of its row; what is wrong is red."""
    down, across = (sorted({pair[place] for pair in counts}) for place in (0, 1))
    cells = [
        f'<text x="{_LEFT + _CELL_WIDTH * column + 4}" y="16">{escape(name.replace("_", " "))}</text>'
        for column, name in enumerate(across)
    ]
    for row, label in enumerate(down):
        y = 26 + _CELL_HEIGHT * row
        total = sum(counts.get((label, name), 0) for name in across)
        cells.append(f'<text x="0" y="{y + 18}">{escape(label.replace("_", " "))}</text>')
        for column, name in enumerate(across):
            if count := counts.get((label, name), 0):
                wrong = not name.startswith("(") and (label == "full_text") != (name == "full_text")
                colour = "--bad" if wrong else "--soft"
                x = _LEFT + _CELL_WIDTH * column
                cells.append(
                    f'<rect x="{x}" y="{y}" width="{_CELL_WIDTH - 2}" height="{_CELL_HEIGHT - 2}" fill="var({colour})" '
                    f'fill-opacity="{0.25 + 0.75 * count / total:.2f}"/><text x="{x + 8}" y="{y + 18}">{count}</text>'
                )
    return _svg(_LEFT + _CELL_WIDTH * len(across), 30 + _CELL_HEIGHT * len(down), cells, "Labels and verdicts")


def _svg(width: float, height: float, parts: list[str], label: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'role="img" aria-label="{escape(label)}">{"".join(parts)}</svg>'
    )

"""Why the model says so: the numbers that moved its probability most, gathered under reason codes."""

from collections.abc import Mapping, Sequence

from schemas import Reason
from streams.verify.features import FEATURES
from streams.verify.model.forest import logit
from streams.verify.reasons import reason

_SHOWN = 5
"""Reasons of a verdict."""
_NAMED = 3
"""Numbers named under one reason."""
_LEAST = 0.05


def grounds(values: Mapping[str, float], contributions: Sequence[float], score: float) -> tuple[Reason, ...]:
    """Reasons with weights in log-odds, strongest first; all of them together make the distance to the mean record."""
    start = score - sum(contributions)
    scale = (logit(score) - logit(start)) / (score - start) if abs(score - start) > 1e-6 else 0.0
    codes: dict[str, list[tuple[float, str]]] = {}
    for name, moved in zip(values, contributions, strict=True):
        feature = FEATURES[name]
        code = feature.speaks_for if moved > 0 else feature.speaks_against
        codes.setdefault(code, []).append((moved * scale, name))
    weighed = sorted(((sum(weight for weight, _ in parts), code) for code, parts in codes.items()), key=_strength)
    return tuple(
        reason(code, _detail(values, codes[code]), weight=round(weight, 2))
        for weight, code in weighed[:_SHOWN]
        if abs(weight) >= _LEAST
    )


def _strength(weighed: tuple[float, str]) -> tuple[float, str]:
    return -abs(weighed[0]), weighed[1]


def _detail(values: Mapping[str, float], parts: list[tuple[float, str]]) -> str:
    """The numbers behind a reason, strongest first: `body_words 4312 words`."""
    strongest = sorted(parts, key=lambda part: -abs(part[0]))[:_NAMED]
    return "; ".join(f"{name} {values[name]:.3g} ({FEATURES[name].unit})" for _, name in strongest) + "."

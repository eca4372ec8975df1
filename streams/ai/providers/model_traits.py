"""Which models think before they answer, and what they refuse to be sent.

Thinking is billed as output, so it is turned down as far as the model allows. First match by prefix counts.
"""

from typing import NamedTuple


class Traits(NamedTuple):
    """What a chat-completions request to a model must and must not carry."""

    effort: str | None = None
    """Lowest `reasoning_effort`; None: the model knows no such thing."""
    temperature: bool = True
    """Does it take sampling parameters, whatever the effort? Where in doubt none are sent: a refusal costs a call."""


_OPENAI = (
    ("openai/gpt-oss", Traits("low")),
    ("gpt-oss", Traits("low")),
    ("qwen/qwen3", Traits("none")),
    ("gpt-6", Traits("none", temperature=False)),
    ("gpt-5.", Traits("none", temperature=False)),
    ("gpt-5", Traits("minimal", temperature=False)),
    ("o1", Traits("low", temperature=False)),
    ("o3", Traits("low", temperature=False)),
    ("o4", Traits("low", temperature=False)),
)

_GEMINI: tuple[tuple[str, dict[str, int | str] | None], ...] = (
    ("gemini-2.5-pro", {"thinkingBudget": 128}),
    ("gemini-2.5", {"thinkingBudget": 0}),
    ("gemini-3", {"thinkingLevel": "LOW"}),
)


def openai_traits(model: str) -> Traits:
    """Traits of a model behind chat completions."""
    return next((traits for prefix, traits in _OPENAI if model.startswith(prefix)), Traits())


def gemini_thinking(model: str) -> dict[str, int | str] | None:
    """The lowest `thinkingConfig` of a Gemini model; None: it takes none."""
    return next((config for prefix, config in _GEMINI if model.startswith(prefix)), None)

"""What a caller may ask for."""

import math
from dataclasses import dataclass
from typing import Any

from streams.ai.errors import InvalidRequest
from streams.ai.types import ModelChoice

MAX_PROMPT_CHARS = 2_000_000
"""More fits no model of the catalogue; a bound keeps one caller from filling the memory."""
MAX_OUTPUT_TOKENS = 65_536


@dataclass(frozen=True, slots=True)
class CompletionOptions:
    """Options of one completion. Raises InvalidRequest, naming the option, when one is out of range."""

    model: ModelChoice = "fast"
    temperature: float = 0.1
    """Left out of the request where the model takes none."""
    max_tokens: int = 500
    """Of output, reasoning included."""
    cache: bool = True
    """May an answer that was given, or is being given, to the same question be used, and this one be kept?"""
    schema: dict[str, Any] | None = None
    """A closed JSON Schema; an answer that does not obey it is a bad answer."""
    schema_name: str = "answer"
    system: str | None = None
    providers: tuple[str, ...] | None = None
    """Only these may see the prompt; None: all."""
    task: str = "completion"
    prompt_version: str = ""
    content_id: str | None = None
    deadline_seconds: float | None = None
    """For the whole chain; None: the service's."""

    def __post_init__(self) -> None:
        problem = self._problem()
        if problem:
            raise InvalidRequest(problem)

    def _problem(self) -> str | None:
        if self.model not in ("fast", "quality"):
            return "model must be fast or quality"
        if not 0 <= self.temperature <= 2:
            return "temperature must be from 0 to 2"
        if not 1 <= self.max_tokens <= MAX_OUTPUT_TOKENS:
            return f"max_tokens must be from 1 to {MAX_OUTPUT_TOKENS}"
        if self.system is not None:
            check_text("system", self.system)
        deadline = self.deadline_seconds
        if deadline is not None and not (deadline > 0 and math.isfinite(deadline)):
            return "deadline_seconds must be a positive number"
        return None


def check_prompt(prompt: str) -> None:
    """Raise InvalidRequest when `prompt` is not text, is empty, too long, or cannot be written as UTF-8."""
    if not isinstance(prompt, str):
        raise InvalidRequest("the prompt must be text")
    if not prompt.strip():
        raise InvalidRequest("the prompt is empty")
    if len(prompt) > MAX_PROMPT_CHARS:
        raise InvalidRequest(f"the prompt is longer than {MAX_PROMPT_CHARS} characters")
    check_text("the prompt", prompt)


def check_text(what: str, text: str) -> None:
    """Raise InvalidRequest when `text` holds a lone surrogate, which no request can carry."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InvalidRequest(f"{what} holds a lone surrogate") from None

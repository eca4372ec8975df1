"""What a caller may ask for."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import orjson

from streams.ai.errors import InvalidRequest
from streams.ai.sanitise import sanitise
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
    accept: Callable[[str], bool] | None = None
    """Is this content an answer that the caller can use? One that is not is a bad answer: it is not kept, and the
    next provider is asked. Must be quick: it runs in the event loop."""
    system: str | None = None
    providers: tuple[str, ...] | None = None
    """Only these may see the prompt; None: all."""
    task: str = "completion"
    prompt_version: str = ""
    fingerprint: str | None = None
    """Stands for the prompt where equal questions are looked for (cache, calls in flight); None: the prompt itself. For
    a prompt that holds something random, such as a mark: two with the same fingerprint must ask the same."""
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
        if not _is_number(self.temperature) or not 0 <= self.temperature <= 2:
            return "temperature must be from 0 to 2"
        if not isinstance(self.max_tokens, int) or not 1 <= self.max_tokens <= MAX_OUTPUT_TOKENS:
            return f"max_tokens must be a whole number from 1 to {MAX_OUTPUT_TOKENS}"
        deadline = self.deadline_seconds
        if deadline is not None and not (_is_number(deadline) and deadline > 0 and math.isfinite(deadline)):
            return "deadline_seconds must be a positive number"
        return self._text_problem()

    def _text_problem(self) -> str | None:
        for name in ("schema_name", "task", "prompt_version"):
            if not _is_json(getattr(self, name), str):
                return f"{name} must be text"
        if self.fingerprint is not None and not (self.fingerprint and _is_json(self.fingerprint, str)):
            return "fingerprint must be text or None"
        for name in ("system", "content_id"):
            if getattr(self, name) is not None and not isinstance(getattr(self, name), str):
                return f"{name} must be text or None"
        if self.system is not None and len(self.system) > MAX_PROMPT_CHARS:
            return f"system is longer than {MAX_PROMPT_CHARS} characters"
        if self.schema is not None and not _is_json(self.schema, dict):
            return "schema must be a JSON Schema as a dict"
        if self.providers is not None and (
            not isinstance(self.providers, tuple) or not all(isinstance(name, str) for name in self.providers)
        ):
            return "providers must be a tuple of names"
        return None


def prepared(prompt: str, options: CompletionOptions) -> tuple[str, CompletionOptions]:
    """Prompt and options as a model may see them: sanitised, `system` too.

    Raises InvalidRequest when the prompt is not text, is too long, or is empty when all that is invisible is gone.
    """
    if not isinstance(prompt, str):
        raise InvalidRequest("the prompt must be text")
    if len(prompt) > MAX_PROMPT_CHARS:
        raise InvalidRequest(f"the prompt is longer than {MAX_PROMPT_CHARS} characters")
    prompt = sanitise(prompt)
    if not prompt or prompt.isspace():
        raise InvalidRequest("the prompt is empty")
    system = sanitise(options.system) if options.system is not None else None
    return prompt, options if system is options.system else replace(options, system=system)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float)


def _is_json(value: object, kind: type) -> bool:
    """Of this kind, and such that it can be written: no lone surrogates, no objects of other kinds inside."""
    try:
        return isinstance(value, kind) and bool(orjson.dumps(value))
    except TypeError:
        return False

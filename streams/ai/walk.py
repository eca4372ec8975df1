"""A question, and its way along the providers."""

from collections.abc import Container
from dataclasses import dataclass, field
from typing import NamedTuple

from schemas import ProviderUsage
from streams.ai.deadlines import Deadline
from streams.ai.options import CompletionOptions
from streams.ai.pricing import BYTES_PER_TOKEN, TEMPLATE_TOKENS
from streams.ai.types import ModelChoice


class Demand(NamedTuple):
    """What an attempt asks of a provider's prices and limits."""

    choice: ModelChoice = "fast"
    text_bytes: int = 0
    """UTF-8 bytes of everything that becomes input tokens."""
    tokens: int = 0
    """Expected, of input and output together: vendors count `max_tokens` against the limit until they know better."""
    max_tokens: int = 0
    """Of output: with `text_bytes` the upper bound of the price."""
    user_id: str | None = None


class Question(NamedTuple):
    """What every provider of the chain is asked, and until when."""

    prompt: str
    options: CompletionOptions
    user_id: str | None
    text_bytes: int
    deadline: Deadline

    @property
    def demand(self) -> Demand:
        """The same for every provider."""
        expected = self.text_bytes // BYTES_PER_TOKEN + TEMPLATE_TOKENS + self.options.max_tokens
        return Demand(self.options.model, self.text_bytes, expected, self.options.max_tokens, self.user_id)


@dataclass(slots=True)
class Walk:
    """A question on its way."""

    question: Question
    demand: Demand
    providers: list[str]
    """Names of those that may still be asked, in order."""
    attempts: list[ProviderUsage] = field(default_factory=list)
    keys: dict[str, set[str]] = field(default_factory=dict)
    """Provider -> ids of its keys that failed this question by a fault of their own: they are not tried again."""

    came_with: float = 0.0
    """Seconds that its deadline left when it last came for leave to make an attempt."""

    def tried(self, provider: str) -> Container[str]:
        """Ids of the keys that need not be tried again at `provider`."""
        return self.keys.get(provider, ())

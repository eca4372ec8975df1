"""How verdicts are reached: the thresholds in one frozen object, and the version that names them."""

import hashlib
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Literal

from streams.verify.model.shipped import shipped

RULES_VERSION = "4"
"""Raised when a rule, a phrase table, a reader or the meaning of a threshold changes."""

PROMPT_VERSION = "2"
"""Raised with the file `prompts/v<version>.txt` or the layout of the question."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Settings of the verifier. Lengths in words or tokens of the extracted text."""

    local_tier: Literal["on", "off"] = "on"
    """`off`: every record that has any text to show goes to a model. One without text (empty, a locked or
    scanned PDF, binary data) is decided here all the same: there is nothing to ask about."""
    excerpt_tokens: int = 1_200
    """A document of so many tokens (`tokens`), marks of its lines included, is shown whole; a longer one in parts:"""
    head_tokens: int = 500
    middle_tokens: int = 100
    """Of each of the three."""
    tail_tokens: int = 350
    max_tokens: int = 500
    """Of the answer."""
    contradiction_body_words: int = 300
    """A model's `full_text` on less body prose than this is not believed."""
    second_opinion: Literal["on", "off"] = "on"
    """`on`: where a model's answer does not hold or is not sure, a stronger one is asked, once."""
    sure_confidence: float = 0.6
    """A model's verdict below this is not sure."""
    min_full_text_confidence: float = 0.5
    """A model's `full_text` below this is `undetermined`."""

    @property
    def version(self) -> str:
        """`r<rules>.p<prompt>.m<digest of the local model>.<digest of the settings>`; part of every verdict's id."""
        return f"r{RULES_VERSION}.p{PROMPT_VERSION}.m{shipped().digest}.{_digest(self)}"


@lru_cache(maxsize=16)
def _digest(policy: Policy) -> str:
    """Of its settings; kept, because every record has it several times."""
    values = ",".join(f"{field.name}={getattr(policy, field.name)}" for field in fields(policy))
    return hashlib.blake2b(values.encode(), digest_size=3).hexdigest()


DEFAULT_POLICY = Policy()
"""What is used where none is given."""

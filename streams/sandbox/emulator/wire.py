"""The values that pass between the parts of the emulator: a request understood, a reply written, bytes to send."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from streams.sandbox.emulator.models import Model, Usage

Manner = Literal["whole", "hang", "reset", "reset_in_body", "drip", "bomb", "endless"]
"""How bytes go out. Everything but `whole` is a fault."""
Finish = Literal["stop", "length", "filtered"]


@dataclass(frozen=True, slots=True)
class Ask:
    """A completion that a vendor's own format asked for, in one meaning for all vendors."""

    model: Model
    named: str
    """The model or deployment as the caller named it."""
    texts: tuple[str, ...]
    """Every text of the prompt, in order: what is counted as input."""
    user: str
    """The last user message: what is looked at."""
    schema: dict[str, Any] | None = None
    json_mode: bool = False
    max_tokens: int | None = None
    thinks: bool = True
    """False when the request switches reasoning off."""


@dataclass(frozen=True, slots=True)
class Written:
    """A reply before it takes a vendor's form."""

    text: str
    usage: Usage | None
    """None leaves the usage block out."""
    finish: Finish = "stop"
    served: str = ""
    """Name of the model that answered."""
    refusal: str | None = None
    """OpenAI's refusal field; the text is then null."""
    reason: str | None = None
    """A vendor's own word for `filtered`, e.g. RECITATION."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to say in the vendor's error form."""

    status: int
    kind: str = ""
    """Row of the vendor's table of errors; empty: the row of the status."""
    message: str | None = None
    param: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)
    """What only one vendor's form can carry."""


class Unservable(Exception):
    """A request that gets `problem` for an answer."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message or problem.kind)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What is sent, how, and what of it is charged."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    manner: Manner = "whole"
    usage: Usage | None = None
    """What the vendor charges for, even when nothing of it arrives; None: nothing."""
    model: Model | None = None
    served: str = ""
    seconds: float = 0.0
    """Extra wait before the first byte."""

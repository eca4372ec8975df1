"""What a check found."""

from dataclasses import dataclass, field
from typing import Literal

from streams.clock import Clock, SystemClock
from streams.settings import Settings

Level = Literal["good", "note", "act"]
"""act: something must be done; note: worth knowing."""


@dataclass(frozen=True)
class Finding:
    """One thing, in a sentence for a person."""

    level: Level
    message: str
    setting: str = ""
    """The environment variable that it comes from."""
    remedy: str = ""
    """What to do about it."""


@dataclass(frozen=True)
class Subject:
    """What is looked at. `live`: ask the providers too."""

    settings: Settings
    live: bool = False
    clock: Clock = field(default_factory=SystemClock)

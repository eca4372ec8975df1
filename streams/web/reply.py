"""A body with its status and type."""

from dataclasses import dataclass

from schemas.base import Message


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes out."""

    body: bytes
    content_type: str = "application/json"
    status: int = 200


def as_json(answer: Message, status: int = 200) -> Reply:
    """An answer as JSON."""
    return Reply(answer.model_dump_json().encode(), status=status)

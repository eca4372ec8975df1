"""What a client is told when something is wrong: one sentence, and one that says what to do."""

from pydantic import Field

from schemas.base import SCHEMA_VERSION, Message


class ProblemAnswer(Message):
    """The body of every answer that is not a good one."""

    schema_version: str = SCHEMA_VERSION
    error: str = Field(description="What is wrong.")
    hint: str = Field(description="What to do.")


class Problem(Exception):
    """An answer with a 4xx or 5xx `status`. `headers` go along with it."""

    def __init__(self, status: int, error: str, hint: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(error)
        self.status = status
        self.error = error
        self.hint = hint
        self.headers = headers or {}

    def body(self) -> bytes:
        """As JSON."""
        return ProblemAnswer(error=self.error, hint=self.hint).model_dump_json().encode()

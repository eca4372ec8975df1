"""What can go wrong between a question and a verdict.

* StreamsError
  x BadAnswer       a model's answer does not keep to the schema; the record becomes `undetermined`
  x NoAnswer        no model answered; the record becomes `undetermined`, or keeps the answer that it has
"""

from schemas import ProviderUsage
from streams.errors import StreamsError


class BadAnswer(StreamsError):
    """The answer is not what was asked for. The message names the field and never repeats the answer."""


class NoAnswer(StreamsError):
    """No answer is to be had. Raised by whoever asks; `code` (see `reasons`) and `detail` become the reason."""

    def __init__(self, code: str, detail: str, attempts: tuple[ProviderUsage, ...] = ()) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.attempts = attempts

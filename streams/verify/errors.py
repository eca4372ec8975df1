"""What can go wrong between a question and a verdict.

* StreamsError
  x BadAnswer       a model's answer does not keep to the schema; the record becomes `undetermined`
"""

from streams.errors import StreamsError


class BadAnswer(StreamsError):
    """The answer is not what was asked for. The message names the field and never repeats the answer."""

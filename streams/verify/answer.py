"""A model's answer, read strictly: closed enums, no further fields, bounded lists. What is not this is `BadAnswer`."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from schemas import Verdict
from streams.verify.errors import BadAnswer
from streams.verify.limits import MAX_ANSWER_CHARS
from streams.verify.question import MODEL_VERDICTS
from streams.verify.reasons import MODEL_REASONS


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)


class AnswerQuote(_Strict):
    """A passage that the model says stands in the document."""

    text: Annotated[str, StringConstraints(max_length=2_000)]
    role: Literal["for", "against"]


class Answer(_Strict):
    """An answer that keeps to the schema; whether it is true is judged in `conclusion`."""

    body_present: bool
    same_work: bool
    verdict: str
    confidence: float = Field(ge=0, le=1, allow_inf_nan=False)
    reasons: tuple[str, ...] = Field(max_length=12)
    quotes: tuple[AnswerQuote, ...] = Field(max_length=12)


def is_answer(content: str) -> bool:
    """Does it keep to the schema? For whoever can still ask somebody else."""
    try:
        parse_answer(content)
    except BadAnswer:
        return False
    return True


def parse_answer(content: str) -> tuple[Answer, Verdict]:
    """The answer in a completion. Raises BadAnswer for anything but one JSON object of the schema."""
    if len(content) > MAX_ANSWER_CHARS:
        raise BadAnswer("the answer is longer than any answer to this question can be")
    try:
        answer = Answer.model_validate_json(content, strict=True)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        known = first["loc"] and first["loc"][0] in Answer.model_fields
        field = str(first["loc"][0]) if known else "the answer"
        raise BadAnswer(f"{field}: {first['type']}") from None
    if answer.verdict not in MODEL_VERDICTS:
        raise BadAnswer("verdict: not one of the verdicts offered")
    if any(code not in MODEL_REASONS for code in answer.reasons):
        raise BadAnswer("reasons: a code that was not offered")
    return answer, Verdict(answer.verdict)

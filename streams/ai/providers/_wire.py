"""Field types for what providers send: bounded, because they are not ours."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, ValidatorFunctionWrapHandler
from pydantic.functional_validators import WrapValidator


def _none_if_bad(value: Any, validate: ValidatorFunctionWrapHandler) -> Any:
    try:
        return validate(value)
    except ValidationError:
        return None


OrNone = WrapValidator(_none_if_bad)
"""A field whose bad value counts as missing: `Annotated[X | None, OrNone]`."""

Tokens = Annotated[int, Field(ge=0, le=10_000_000)]
"""A count of tokens; negative and absurd ones are refused."""
MaybeTokens = Annotated[int | None, Field(ge=0, le=10_000_000)]
ModelName = Annotated[str, StringConstraints(pattern=r"^[\w./:@-]{1,120}$")]


class Wire(BaseModel):
    """A part of an answer; what we do not know is left out."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True, protected_namespaces=())

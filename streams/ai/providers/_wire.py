"""Field types for what providers send: bounded, because they are not ours."""

from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

_Wanted = TypeVar("_Wanted")
_BadAsNone = Annotated[None, BeforeValidator(lambda _: None)]
Lenient = Annotated[_Wanted | _BadAsNone, Field(union_mode="left_to_right")]
"""A field whose bad value counts as missing: `Lenient[X] = None`. What is good is read without a step into Python."""

Tokens = Annotated[int, Field(ge=0, le=10_000_000)]
"""A count of tokens; negative and absurd ones are refused."""
MaybeTokens = Annotated[int | None, Field(ge=0, le=10_000_000)]
ModelName = Annotated[str, StringConstraints(pattern=r"^[\w./:@-]{1,120}$")]


class Wire(BaseModel):
    """A part of an answer; what we do not know is left out."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True, protected_namespaces=())

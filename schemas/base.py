"""The configuration that every message shares."""

from pydantic import BaseModel, ConfigDict

SCHEMA_VERSION = "1"
"""Raised when a field changes its meaning; new optional fields do not raise it."""


class Message(BaseModel):
    """A frozen message. Unknown fields are left out, so an older reader survives a newer writer."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

"""HTTP statuses as outcomes, for whatever a vendor's own error code does not say better."""

from schemas import Outcome

_BY_STATUS = {
    401: Outcome.AUTH_REJECTED,
    402: Outcome.QUOTA_EXHAUSTED,
    403: Outcome.AUTH_REJECTED,
    404: Outcome.MODEL_GONE,
    408: Outcome.OVERLOADED,
    410: Outcome.MODEL_GONE,
    429: Outcome.THROTTLED,
    498: Outcome.OVERLOADED,  # Groq: no capacity in the flex tier
}


def outcome_of(status: int) -> Outcome:
    """The outcome that a status other than 200 means by itself."""
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if status >= 500:
        return Outcome.OVERLOADED
    # a redirect or an empty success is no answer of an API; the rest of 4xx is our request
    return Outcome.CLIENT_ERROR if 400 <= status < 500 else Outcome.BAD_ANSWER

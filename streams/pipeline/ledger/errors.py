"""When the ledger cannot be relied on, nothing may be spent."""

from streams.errors import UserError


class LedgerUnusable(UserError):
    """What was granted is not known for certain; ends the worker, since spending on would be guessing."""

    def __init__(self, topic: str, problem: str, remedy: str) -> None:
        super().__init__(f"budget ledger: topic {topic} {problem}, so nothing may be spent; {remedy}")
        self.topic = topic

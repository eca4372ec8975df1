"""What the ledger is called on the cluster. By topic, not by consumer group: all who share the topics share it."""

from dataclasses import dataclass

from streams.pipeline.topics import LEASES, REQUESTS
from streams.settings import Settings


@dataclass(frozen=True, slots=True)
class LedgerNames:
    """Topics, and what makes one ledger at a time of many candidates."""

    leases: str
    requests: str

    @classmethod
    def of(cls, settings: Settings) -> "LedgerNames":
        """With the prefix of the settings."""
        return cls(settings.topic(LEASES), settings.topic(REQUESTS))

    @property
    def group(self) -> str:
        """Consumer group: one partition of requests, so one member has it."""
        return f"{self.requests}.ledger"

    @property
    def transactional_id(self) -> str:
        """Whoever takes it over fences whoever had it."""
        return f"{self.leases}.ledger"

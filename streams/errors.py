"""What can go wrong, as a tree.

* StreamsError              base of every error that this project raises on purpose
  x UserError               somebody must do something; the message says what (exit code 1)
    + SettingsError         a setting is missing or wrong; names it (exit code 2)
    + KafkaUnavailable      no broker answers at the address, or it refuses us
  x ai.errors.AIError       the chain of providers gave no answer (see `streams.ai.errors`)
  x pipeline.*              faults of delivery; they end the worker (see `streams.pipeline`)
"""


class StreamsError(Exception):
    """Base of every error that this project raises on purpose."""


class UserError(StreamsError):
    """One sentence that says what to do; the command line prints it without a traceback."""

    exit_code = 1


class SettingsError(UserError):
    """A setting is missing or wrong."""

    exit_code = 2

    def __init__(self, setting: str, problem: str) -> None:
        super().__init__(f"{setting}: {problem}")
        self.setting = setting
        """Name of the environment variable."""


class KafkaUnavailable(UserError):
    """No broker answers at `address`, or it refuses us."""

    def __init__(self, address: str, problem: str) -> None:
        super().__init__(
            f"no Kafka at {address} ({problem}); start one with `fulltext kafka` or set KAFKA_BOOTSTRAP_SERVERS"
        )
        self.address = address

"""The part of the port that is the same for every provider."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping

from schemas import Outcome
from streams.ai.errors import AttemptFailed
from streams.ai.figures import Figures
from streams.ai.pricing import Price
from streams.ai.provider import HealthStatus, ProviderMetrics
from streams.ai.types import Answer, CompletionRequest, ModelChoice, TokenUsage
from streams.clock import Clock


class Provider(ABC):
    """Counts its calls and knows its models and prices; a subclass asks."""

    def __init__(
        self,
        name: str,
        models: Mapping[ModelChoice, str],
        price_of: Callable[[str], Price | None],
        clock: Clock,
    ) -> None:
        """`price_of` takes the name of any model of this provider; None: unknown."""
        self._name = name
        self._models = models
        self._price_of = price_of
        self._clock = clock
        self._figures = Figures(clock)

    @property
    def name(self) -> str:
        """Key of its figures."""
        return self._name

    @property
    def input_price(self) -> int | None:
        """Nano-USD per input token of the fast model; None: unknown."""
        price = self.price_of(self.model_for("fast"))
        return price.input if price else None

    @property
    def output_price(self) -> int | None:
        """Nano-USD per output token of the fast model; None: unknown."""
        price = self.price_of(self.model_for("fast"))
        return price.output if price else None

    def model_for(self, choice: ModelChoice) -> str:
        """The model behind `choice`."""
        return self._models[choice]

    def price_of(self, model: str) -> Price | None:
        """The price of a model; None: unknown."""
        return self._price_of(model)

    def takes(self, model: str) -> bool:
        """May `model` be asked in place of one that is gone? Only at a known price."""
        return self.price_of(model) is not None

    def is_available(self) -> bool:
        """It was built, so it is configured."""
        return True

    def is_healthy(self) -> bool:
        """Nothing recent speaks against it."""
        return self._figures.health().status != "unhealthy"

    def get_health_status(self) -> HealthStatus:
        """Status, error rate and latency of its recent calls."""
        return self._figures.health()

    def get_metrics(self) -> ProviderMetrics:
        """Counts since the start."""
        return self._figures.metrics()

    async def generate_completion(self, request: CompletionRequest) -> Answer:
        """Ask, and count how it ended. Raises AttemptFailed."""
        started = self._clock.monotonic()
        outcome, code, usage = Outcome.CANCELLED, None, None
        try:
            answer = await self._ask(request)
            outcome, usage = Outcome.OK, answer.usage
        except AttemptFailed as error:
            outcome, code, usage = error.outcome, error.code, error.usage
            raise
        except Exception as error:
            outcome, code = Outcome.LOCAL_ERROR, type(error).__name__
            raise
        finally:
            self._count(request, outcome, self._clock.monotonic() - started, usage, code)
        return answer

    @abstractmethod
    async def _ask(self, request: CompletionRequest) -> Answer:
        """One request to the provider. Raises AttemptFailed."""

    def _count(
        self, request: CompletionRequest, outcome: Outcome, seconds: float, usage: TokenUsage | None, code: str | None
    ) -> None:
        if outcome is Outcome.CANCELLED and seconds >= request.timeout_seconds:
            outcome = Outcome.TIMEOUT  # the deadline reaches us as a cancellation
        self._figures.add(outcome, seconds, usage, code)

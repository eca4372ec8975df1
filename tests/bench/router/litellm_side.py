"""LiteLLM's Router behind `ask`: two model groups, the second the fallback of the first.

`litellm` leaves everything else at its defaults. `litellm tuned` follows docs.litellm.ai (router, "Retries, fallbacks
and cooldowns"): no retries at a failed deployment since there is a fallback, a cooldown after few failures, a timeout
equal to ours. Both have everything switched off that reports to the outside or logs.

Its provider budgets ("Budget routing") keep their sums in the Router's own cache in memory; Redis is for several
instances and is written behind the caller's back, so it would not be tighter.

Tried and not better: both deployments in one group with `order` and `enable_pre_call_checks`, with no or one retry.
"""

import logging
import os
from typing import Any

from tests.bench.router.job import FIRST_MODEL, KEY, SECOND_MODEL, Setup, Variant

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # read at import: no download of prices
os.environ["LITELLM_LOG"] = "CRITICAL"

import litellm
from litellm.types.utils import BudgetConfig

TUNED_TIMEOUT_SECONDS = 5.0
"""This service's own at the start, for its first provider."""
_TUNED_ALLOWED_FAILS = 3
_DEFAULT_COOLDOWN_SECONDS = 5.0


class LiteLLMSide:
    """A Router."""

    def __init__(self, router: litellm.Router, cooldown_seconds: float, extra: dict[str, Any]) -> None:
        self._router = router
        self._extra = extra
        self.cooldown_seconds = cooldown_seconds
        """As configured, or its default."""

    async def ask(self, prompt: str) -> None:
        """Raises whatever LiteLLM raises."""
        await self.complete([{"role": "user", "content": prompt}])

    async def complete(self, messages: list[dict[str, str]], **more: Any) -> str:
        """The content of the answer. Raises whatever LiteLLM raises."""
        answer = await self._router.acompletion(model="first", messages=messages, **self._extra, **more)
        return str(answer.choices[0].message.content)

    async def aclose(self) -> None:
        """The Router has no way to close; the process ends."""


def build(variant: Variant, setup: Setup) -> LiteLLMSide:
    """The side for `setup`."""
    litellm.telemetry = False
    litellm.suppress_debug_info = True
    logging.disable(logging.CRITICAL)
    options: dict[str, Any] = {}
    cooldown = _DEFAULT_COOLDOWN_SECONDS
    if variant == "litellm tuned":
        cooldown = setup.cooldown_seconds
        options = {
            "num_retries": 0,
            "allowed_fails": _TUNED_ALLOWED_FAILS,
            "cooldown_time": cooldown,
            "timeout": TUNED_TIMEOUT_SECONDS,
        }
    if not setup.skips_dead:
        options |= {"num_retries": 0, "disable_cooldowns": True}
    extra: dict[str, Any] = {}
    if setup.cache:
        options |= {"cache_responses": True}
        extra |= {"caching": True}
    if setup.max_tokens is not None:
        extra |= {"max_tokens": setup.max_tokens}
    first = "openai"
    if setup.budget_nano_usd is not None:
        first = "groq"  # its budgets are by provider: the second's calls are not to draw on it
        options |= {"provider_budget_config": {first: _budget(setup.budget_nano_usd)}}
    router = litellm.Router(
        model_list=[
            _group("first", f"{first}/{FIRST_MODEL}", setup.first_url),
            _group("second", f"openai/{SECOND_MODEL}", setup.second_url),
        ],
        fallbacks=[{"first": ["second"]}],
        **options,
    )
    return LiteLLMSide(router, cooldown, extra)


def _budget(nano_usd: int) -> BudgetConfig:
    """A provider's. The prices by which it is drawn on are LiteLLM's own: the same as the emulator's."""
    return BudgetConfig(max_budget=nano_usd / 10**9, budget_duration="1d")


def _group(name: str, model: str, url: str) -> dict[str, Any]:
    return {"model_name": name, "litellm_params": {"model": model, "api_base": url, "api_key": KEY}}

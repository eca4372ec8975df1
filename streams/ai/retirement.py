"""When the models of a provider end, and the warnings before."""

from collections.abc import Callable, Mapping
from datetime import date

from streams.ai.models import Catalogue, without_snapshot
from streams.logs import get_logger

logger = get_logger(__name__)

NOTICE_DAYS = (7, 30, 60)
"""So many days before its end a model in use is warned of, once each."""


def in_service(catalogue: Catalogue, provider: str, model: str, today: date, takes: Callable[[str], bool]) -> str:
    """`model`, or the successor that `takes` allows when its end is past: an old setting goes on working."""
    if not catalogue.is_over(provider, model, today):
        return model

    def accepts(name: str) -> bool:
        return not catalogue.is_over(provider, name, today) and takes(name)

    successor = catalogue.successor(provider, model, accepts)
    tell_gone(provider, model, successor, "its end of life is past")
    return successor or model


def tell_gone(provider: str, model: str, successor: str | None, why: str) -> None:
    """Log that a model is given up; without a successor the provider is of no use for it."""
    logger.warning("ai.model.gone", provider=provider, model=model, successor=successor, reason=why)


class Retirement:
    """The ends of one provider's models: what the vendor told, else what the catalogue says."""

    def __init__(self, provider: str, catalogue: Catalogue) -> None:
        self._provider = provider
        self._catalogue = catalogue
        self._told: Mapping[str, date] = {}
        self._warned: set[tuple[str, int]] = set()

    def learn(self, ends: Mapping[str, date]) -> None:
        """Take over what the vendor's list of models says: model -> first day without it."""
        self._told = ends

    def end_of_life(self, model: str) -> date | None:
        """The first day (UTC) without the model; None: none announced."""
        told = self._told.get(model) or self._told.get(without_snapshot(model))
        known = self._catalogue.find(self._provider, model)
        return told or (known.end_of_life if known else None)

    def days_left(self, model: str, today: date) -> int | None:
        """Days until its end, 0 or less when that is past; None: none announced."""
        end = self.end_of_life(model)
        return None if end is None else (end - today).days

    def is_over(self, model: str, today: date) -> bool:
        """Is its end past?"""
        left = self.days_left(model, today)
        return left is not None and left <= 0

    def warn(self, model: str, today: date) -> None:
        """Warn of a model in use whose end is near: once for each of `NOTICE_DAYS`, the nearest only."""
        left = self.days_left(model, today)
        notice = next((days for days in NOTICE_DAYS if left is not None and left <= days), None)
        if notice is None or (model, notice) in self._warned:
            return
        self._warned.add((model, notice))
        known = self._catalogue.find(self._provider, model)
        logger.warning(
            "ai.model.end_of_life_near",
            provider=self._provider,
            model=model,
            days_left=left,
            end_of_life=str(self.end_of_life(model)),
            successor=known.successor if known else None,
        )

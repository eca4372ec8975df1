"""The worker, with a rate for OpenAI's keys that the vendor's table does not know: `python -m ... REQUESTS`."""

import sys

from streams.ai import service
from streams.ai.limits.rules import Rates
from streams.cli import main


def rates_for(provider: str, model: str, tier: str) -> Rates:
    """So many requests a minute."""
    return Rates(requests_per_minute=int(sys.argv[1]))


if __name__ == "__main__":
    service.rates_for = rates_for
    main(["worker"])

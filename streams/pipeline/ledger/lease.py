"""`Lease`: one worker's part of one budget in one period."""

import math
from dataclasses import dataclass

from schemas import BudgetRequest
from streams.ai.budget.account import Account

PARTS = 100
"""A budget is leased in about so many parts."""
USER_PARTS = 8
"""A user's budget: it is small, and few workers see the same user."""
SILENT_SECONDS = 5.0
"""An unanswered request is on its way for so long; after that nobody counts on it."""
FRESH_SECONDS = 2.0
"""What was granted is not given back sooner: the calls that wait for it look again within a second."""
IDLE_SECONDS = 10.0
"""A lease of which nothing was spent for so long is not used."""
_AGAIN_SECONDS = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
"""When an unanswered request is sent again."""


@dataclass(slots=True, eq=False)
class Lease:
    """`account.granted` is what the worker may spend: granted by the ledger, and not about to be given back."""

    account: Account
    asked: BudgetRequest | None = None
    """The request that is not answered yet; there is never more than one."""
    asked_at: float = 0.0
    """Monotonic seconds."""
    sent_at: float = 0.0
    sent: int = 0
    """How often."""
    granted_at: float = -math.inf
    """When a request was last answered."""
    used_at: float = 0.0
    """When something was last granted to it or spent of it. Who only looks whether there is enough does not use it."""
    dry: bool = False
    """It was too little for a call, and nothing has changed since."""

    @property
    def chunk(self) -> int:
        """What is asked for above what is needed."""
        return -(-self.account.limit // (USER_PARTS if self.account.budget.startswith("user:") else PARTS))

    @property
    def used(self) -> int:
        """Spent and reserved."""
        return self.account.spent + self.account.reserved

    @property
    def rest(self) -> int:
        """May still be taken; negative where prices exceeded their reservations."""
        return self.account.granted - self.used

    @property
    def low(self) -> bool:
        """Is it time to ask for more?"""
        return 2 * self.rest < self.chunk

    def target(self, nano_usd: int) -> int:
        """The total to ask for, so that `nano_usd` can be taken and the next ones need not wait."""
        return min(self.used + nano_usd + max(self.chunk, self.account.reserved), self.account.limit)

    def silent(self, now: float) -> bool:
        """Has the ledger left a request without an answer for long?"""
        return self.asked is not None and now - self.asked_at > SILENT_SECONDS

    def due_again(self, now: float) -> bool:
        """Should the request be sent once more?"""
        wait = _AGAIN_SECONDS[min(self.sent, len(_AGAIN_SECONDS)) - 1]
        return self.asked is not None and now - self.sent_at >= wait

    def ask(self, request: BudgetRequest, now: float) -> None:
        """A request goes out. What it gives back is not spent from now on."""
        self.account.granted = min(self.account.granted, request.wanted_nano_usd)
        self.asked, self.asked_at, self.sent_at, self.sent = request, now, now, 1

    def again(self, now: float) -> BudgetRequest | None:
        """The same request, once more."""
        self.sent_at, self.sent = now, self.sent + 1
        return self.asked

    def answered(self, granted: int, now: float) -> None:
        """The ledger's answer is durable."""
        self.account.granted = granted
        self.asked = None
        self.used_at = self.granted_at = now

    def spare(self, now: float) -> int:
        """What others may need more: what is far above what would be asked for, and all that is not used."""
        if self.asked is not None or now - self.granted_at < FRESH_SECONDS:
            return 0
        if now - self.used_at > IDLE_SECONDS:
            return max(self.rest, 0)
        above = self.account.granted - self.target(0)
        return above if above > self.chunk else 0

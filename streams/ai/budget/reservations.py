"""The reservations that are not settled yet, and the accounts that each was taken from."""

from streams.ai.budget.account import Account
from streams.ai.budget.accounts import Accounts
from streams.ai.budget.port import Reservation


class Reservations:
    """Takes from all accounts of a call, and gives the rest back once, however often it is settled."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._open: dict[str, tuple[Reservation, tuple[Account, ...]]] = {}

    def check(self, attempt_id: str, nano_usd: int) -> None:
        """Raise ValueError for a negative amount and for an attempt that has a reservation already."""
        if nano_usd < 0 or attempt_id in self._open:
            raise ValueError(f"attempt {attempt_id}: reserve an amount from 0 on, and once")

    def open(
        self, attempt_id: str, provider: str, user_id: str | None, nano_usd: int, accounts: tuple[Account, ...]
    ) -> Reservation:
        """Take `nano_usd` from each of `accounts`; only after `check`, and where all of them have it."""
        for account in accounts:
            account.take(nano_usd)
        self._accounts.keep(accounts)
        reservation = Reservation(attempt_id, provider, user_id, nano_usd)
        self._open[attempt_id] = reservation, accounts
        return reservation

    def close(self, reservation: Reservation, nano_usd: int) -> tuple[Reservation, tuple[Account, ...]] | None:
        """Charge `nano_usd`: the reservation as it was opened and its accounts; None: it was settled before.

        Raises ValueError for a negative amount.
        """
        if nano_usd < 0:
            raise ValueError(f"attempt {reservation.attempt_id}: settle an amount from 0 on")
        opened = self._open.pop(reservation.attempt_id, None)
        if opened is not None:
            taken, accounts = opened
            for account in accounts:
                account.settle(taken.nano_usd, nano_usd)
        return opened

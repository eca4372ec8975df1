"""A queue in which users take turns: one user's thousands do not delay another's five."""

from collections import OrderedDict
from typing import Generic, TypeVar

Item = TypeVar("Item")


class FairQueue(Generic[Item]):
    """Round robin over users, first in first out within one. Every operation is O(1).

    Between two turns of a user, every other user who waits all the while gets exactly one.
    """

    def __init__(self) -> None:
        self._users: OrderedDict[str | None, OrderedDict[Item, None]] = OrderedDict()
        self._size = 0

    def __len__(self) -> int:
        return self._size

    @property
    def users(self) -> int:
        """Users with something waiting."""
        return len(self._users)

    def add(self, user: str | None, item: Item) -> None:
        """Put `item` (hashable, not yet in the queue) behind the user's others."""
        self._users.setdefault(user, OrderedDict())[item] = None
        self._size += 1

    def discard(self, user: str | None, item: Item) -> None:
        """Take `item` out, wherever it stands; nothing happens when it is not there."""
        items = self._users.get(user)
        if items is None or item not in items:
            return
        del items[item]
        self._size -= 1
        if not items:
            del self._users[user]

    def head(self) -> tuple[str | None, Item]:
        """The user whose turn it is and that user's first item. Raises StopIteration when the queue is empty."""
        user = next(iter(self._users))
        return user, next(iter(self._users[user]))

    def next_user(self) -> None:
        """End the turn of the user at the head."""
        self._users.move_to_end(next(iter(self._users)))

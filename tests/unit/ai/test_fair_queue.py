"""The fair queue: users take turns."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.ai.fair_queue import FairQueue


def drain(queue: FairQueue[tuple[str, int]]) -> list[tuple[str, int]]:
    """Serve everything, in turn."""
    served = []
    while queue:
        user, item = queue.head()
        queue.next_user()
        queue.discard(user, item)
        served.append(item)
    return served


def test_a_users_thousands_do_not_delay_anothers_five() -> None:
    """The small user's fifth is served as tenth, though it came after a thousand others."""
    queue: FairQueue[tuple[str, int]] = FairQueue()
    for number in range(1000):
        queue.add("whale", ("whale", number))
    for number in range(5):
        queue.add("small", ("small", number))
    assert drain(queue).index(("small", 4)) == 9


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 30)), unique=True))
def test_every_user_gets_one_turn_between_two_of_another(items: list[tuple[str, int]]) -> None:
    """Nothing is lost, each user's own order is kept, and while they wait no user gets more than one turn ahead."""
    queue: FairQueue[tuple[str, int]] = FairQueue()
    for item in items:
        queue.add(item[0], item)
    assert (len(queue), queue.users) == (len(items), len({user for user, _ in items}))
    served = drain(queue)
    assert sorted(served) == sorted(items)
    total, turns = Counter(user for user, _ in items), Counter[str]()
    for user, _ in served:
        turns[user] += 1
        assert [item for item in served if item[0] == user] == [item for item in items if item[0] == user]
        waiting = [turns[other] for other in total if turns[other] < total[other]]
        assert turns[user] <= min(waiting, default=turns[user]) + 1


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 9)), unique=True), st.data())
def test_who_leaves_is_not_served(items: list[tuple[str, int]], data: st.DataObject) -> None:
    """An item that was taken out is never the head; taking it out twice changes nothing."""
    queue: FairQueue[tuple[str, int]] = FairQueue()
    for item in items:
        queue.add(item[0], item)
    gone = data.draw(st.sets(st.sampled_from(items))) if items else set()
    for item in [*gone, *gone]:
        queue.discard(item[0], item)
    assert set(drain(queue)) == set(items) - gone
    assert (len(queue), queue.users) == (0, 0)
    with pytest.raises(StopIteration):
        queue.head()

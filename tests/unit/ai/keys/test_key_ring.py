"""The ring: ids that reveal nothing, sources read when it helps and no more often, the last good keys at hand."""

import asyncio
from hashlib import blake2b, sha256

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from streams.ai.keys import KeyRing, KeysUnreadable, StaticKeys
from streams.clock import ManualClock
from tests.security.canaries import shown_in

A, B, C = ("sk-canary-a", "sk-canary-b", "sk-canary-c")


class Box:
    """A source that tests look into."""

    label = "a box"

    def __init__(self, *keys: str) -> None:
        self.keys = keys
        self.reads = self.asked = 0
        self.dirty = False
        self.error: Exception | None = None
        self.open = asyncio.Event()
        self.open.set()

    def changed(self) -> bool:
        self.asked += 1
        return self.dirty

    async def read(self) -> tuple[SecretStr, ...]:
        self.reads += 1
        self.dirty = False
        await self.open.wait()
        if self.error:
            raise self.error
        return tuple(SecretStr(key) for key in self.keys)


def shown(ring: KeyRing) -> list[str]:
    """The keys behind the ring's ids."""
    return [secret.get_secret_value() for one in ring.ids() if (secret := ring.secret(one))]


async def ring_of(box: Box, clock: ManualClock | None = None) -> KeyRing:
    """A ring that has read its box once, a while ago."""
    clock = clock or ManualClock()
    ring = KeyRing("groq", (box,), clock)
    await ring.refresh()
    clock.advance(10)
    return ring


def test_keys_stand_in_order_and_once() -> None:
    """The order of the sources is the order of use; a key that comes twice counts once."""
    static = [StaticKeys("X", *(SecretStr(key) for key in keys)) for keys in ((B, A), (A, C))]
    assert shown(KeyRing("groq", static, ManualClock())) == [B, A, C]


def test_ids_follow_the_key_and_reveal_nothing() -> None:
    """The same key has the same id in every ring of the process; without the salt nobody can compute it."""
    one, two = (KeyRing(name, (StaticKeys("X", SecretStr(A)),), ManualClock()).ids()[0] for name in ("groq", "openai"))
    assert one == two
    assert one not in sha256(A.encode()).hexdigest() + blake2b(A.encode(), digest_size=6).hexdigest()


def test_no_sources_means_no_key_is_wanted() -> None:
    """A server without keys is asked without one."""
    ring = KeyRing("compatible", (), ManualClock())
    assert (ring.ids(), ring.wanted) == ((), False)


async def test_many_refreshes_at_once_read_once() -> None:
    """Whoever asks during a read waits for that one; a caller who gives up does not end it."""
    box = Box(A)
    ring = KeyRing("groq", (box,), ManualClock())
    box.open.clear()
    callers = [asyncio.create_task(ring.refresh()) for _ in range(50)]
    await asyncio.sleep(0)
    callers[0].cancel()
    box.open.set()
    await asyncio.gather(*callers, return_exceptions=True)
    assert box.reads == 1
    assert callers[0].cancelled()
    assert shown(ring) == [A]


@pytest.mark.parametrize(
    "error", [KeysUnreadable("GROQ_API_KEY", "is gone"), RuntimeError(f"cannot parse {B}")], ids=["ours", "theirs"]
)
async def test_a_source_that_fails_keeps_its_last_good_keys(error: Exception) -> None:
    """Another source's new keys are taken all the same, and the log tells of the failure without a key."""
    broken, sound = Box(A), Box(B)
    ring = KeyRing("groq", (broken, sound), ManualClock())
    await ring.refresh()
    broken.error, sound.keys = error, (C,)
    with capture_logs() as logs:
        await ring.refresh()
    assert shown(ring) == [A, C]
    assert [(line["event"], line.get("kept")) for line in logs] == [
        ("ai.keys.unreadable", 1),
        ("ai.keys.changed", None),
    ]
    assert shown_in(str(logs)) is None


async def test_sources_are_looked_at_once_a_second() -> None:
    """However often ids are asked for; a change is read in the background and there a moment later."""
    clock = ManualClock()
    box = Box(A)
    ring = await ring_of(box, clock)
    for _ in range(1_000):
        ring.ids()
    assert (box.asked, box.reads) == (1, 1)
    box.keys, box.dirty = (B,), True
    clock.advance(1)
    assert shown(ring) == [A]
    await ring.refresh()
    assert (shown(ring), box.asked, box.reads) == ([B], 2, 2)


async def test_a_rejected_key_makes_the_sources_be_read_once() -> None:
    """Its successor is there at once; while the key stays the same, more rejections read nothing."""
    box = Box(A)
    ring = await ring_of(box)
    (first,) = ring.ids()
    await ring.rejected(first, 1)
    await ring.rejected(first, 1)
    assert box.reads == 2
    box.keys = (B,)
    await ring.refresh()
    (second,) = ring.ids()
    await ring.rejected(first, 1)
    assert box.reads == 3
    assert ring.secret(first) is None
    assert second != first


async def test_many_rejections_in_a_row_read_once_a_second() -> None:
    """Four keys at once are no reason to wait; the read for those after them is made up for a second later."""
    clock = ManualClock()
    box = Box(*(f"sk-canary-{number}" for number in range(10)))
    ring = await ring_of(box, clock)
    for one in ring.ids():
        await ring.rejected(one, 1)
    assert box.reads == 1 + 4
    clock.advance(1)
    ring.ids()
    await ring.refresh()
    assert box.reads == 1 + 5
    clock.advance(1)
    ring.ids()
    assert box.reads == 1 + 5


async def test_a_rejection_waits_no_longer_than_it_may() -> None:
    """A source that hangs costs the attempt only its share of time; closing the ring leaves no task behind."""
    box = Box(A)
    ring = await ring_of(box)
    box.open.clear()
    await ring.rejected(ring.ids()[0], 0.01)
    assert len(asyncio.all_tasks()) > 1
    await ring.aclose()
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert shown(ring) == [A]


async def test_the_first_keys_are_waited_for_but_not_hammered() -> None:
    """`ready` reads where there is no key yet, and not again within a second when there was none."""
    box = Box()
    clock = ManualClock()
    ring = KeyRing("groq", (box,), clock)
    await asyncio.gather(*(ring.ready() for _ in range(20)))
    await ring.ready()
    assert box.reads == 1
    box.keys = (A,)
    clock.advance(1)
    await ring.ready()
    await ring.ready()
    assert (shown(ring), box.reads) == ([A], 2)


def test_ids_can_be_had_outside_of_a_loop() -> None:
    """Nothing can be read there, and nothing breaks."""
    box = Box()
    box.dirty = True
    assert KeyRing("groq", (box,), ManualClock()).ids() == ()

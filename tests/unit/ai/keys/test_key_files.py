"""A key file: read again when it changes, however that is done, and never given up for a bad moment."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from streams.ai.keys import Cipher, KeyRing, KeysUnreadable
from streams.ai.keys.files import FileKeys
from streams.clock import ManualClock
from tests.security.canaries import shown_in

A, B = "sk-canary-a", "sk-canary-b"
KeyFile = Callable[..., Path]
CLOSED = Cipher(lambda: "")


def source(path: Path) -> FileKeys:
    """The keys in a file."""
    return FileKeys("GROQ_API_KEY", path, CLOSED)


def revealed(keys: FileKeys) -> list[str]:
    """What is read from the file now."""
    return [key.get_secret_value() for key in keys.read_now()]


@pytest.mark.parametrize(
    "text",
    [f"{A}\n{B}\n", f"{A}\r\n\r\n  {B}", f"\ufeff{A}\n{B}", f"{A}, {B}"],
    ids=["lines", "blank", "mark", "commas"],
)
def test_one_key_on_each_line(key_file: KeyFile, text: str) -> None:
    """Line ends of any kind, blank lines, blanks around, a byte order mark, and commas do not matter."""
    path = key_file()
    path.write_bytes(text.encode())
    assert revealed(source(path)) == [A, B]


def test_a_change_in_place_is_seen(key_file: KeyFile) -> None:
    """Another time or size; reading it makes it seen."""
    keys = source(key_file(A))
    assert keys.changed()
    keys.read_now()
    assert not keys.changed()
    key_file(B)
    assert keys.changed()
    assert revealed(keys) == [B]
    assert not keys.changed()


def test_a_file_that_takes_its_place_is_seen(key_file: KeyFile, tmp_path: Path) -> None:
    """Even with the same size and time."""
    path = key_file(A)
    keys = source(path)
    keys.read_now()
    new = tmp_path / "new"
    new.write_text(f"{B}\n", encoding="utf-8")
    os.utime(new, ns=(1, 1))
    new.replace(path)
    assert keys.changed()
    assert revealed(keys) == [B]


def test_a_link_that_is_swapped_is_seen(tmp_path: Path, may_hold_canaries: Callable[[Path], Path]) -> None:
    """As Kubernetes mounts secrets: the file is a link through `..data`, which is swapped for another folder."""
    for folder, key in (("v1", A), ("v2", B)):
        (may_hold_canaries(tmp_path) / folder).mkdir()
        (tmp_path / folder / "key").write_text(key, encoding="utf-8")
        os.utime(tmp_path / folder / "key", ns=(1, 1))
    (tmp_path / "..data").symlink_to("v1")
    (tmp_path / "key").symlink_to("..data/key")
    keys = source(tmp_path / "key")
    assert revealed(keys) == [A]
    (tmp_path / "..tmp").symlink_to("v2")
    (tmp_path / "..tmp").replace(tmp_path / "..data")
    assert keys.changed()
    assert revealed(keys) == [B]


@pytest.mark.parametrize(
    "spoil", [Path.unlink, lambda path: path.write_bytes(b""), lambda path: path.write_bytes(b"\xff")]
)
async def test_a_file_that_is_spoilt_later_keeps_its_last_good_keys(
    key_file: KeyFile, spoil: Callable[[Path], object]
) -> None:
    """Missing, empty or no text: told once, not every second; when it is well again its keys are taken."""
    path = key_file(A)
    keys = source(path)
    ring = KeyRing("groq", (keys,), ManualClock())
    before = ring.ids()
    spoil(path)
    await ring.refresh()
    assert ring.ids() == before
    assert not keys.changed()
    key_file(B)
    assert keys.changed()
    await ring.refresh()
    assert len(ring.ids()) == 1
    assert ring.ids() != before


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "cannot read"),
        (b"", "holds no key"),
        (b"\xff canary-", "cannot read"),
        (b"sk-canary- 1", "holds a character that no key has"),
        ("sk-canary-é".encode(), "holds a character that no key has"),
        (b"aws-sm:name", "belongs into the variable itself"),
        (b"\0" * 200_000, "holds a character that no key has"),
    ],
    ids=["missing", "empty", "binary", "blank", "accent", "place", "huge"],
)
def test_a_bad_file_names_the_variable_and_shows_nothing(
    key_file: KeyFile, content: bytes | None, problem: str
) -> None:
    """At the start it is an error in one sentence."""
    path = key_file()
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(KeysUnreadable, match=problem) as caught:
        source(path).read_now()
    assert caught.value.setting == "GROQ_API_KEY_FILE"
    assert shown_in(str(caught.value)) is None
    assert caught.value.__cause__ is None

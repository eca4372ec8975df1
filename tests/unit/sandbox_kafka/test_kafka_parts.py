"""Ports, properties and the data folder of the embedded Kafka."""

import random
import socket
from pathlib import Path

import pytest

from streams.sandbox.kafka import EmbeddedKafka, FolderInUse, folder, free_port, ports
from streams.sandbox.kafka.properties import Layout, render


def parsed(text):
    """Properties as a dict."""
    return dict(line.split("=", 1) for line in text.splitlines())


def test_ports_lie_below_those_of_outgoing_connections():
    """A chosen port is never one that the system may give to a client, so a restart can take it again."""
    rng = random.Random(1)
    assert all(20_000 <= free_port(rng) < 32_000 for _ in range(50))


def test_a_port_in_use_is_not_free():
    """A listener's port is seen as taken."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        assert not ports.is_free(listener.getsockname()[1])


def test_the_broker_listens_on_loopback_only():
    """No listener is reachable from another machine."""
    properties = parsed(render(Layout(Path("d"), 20_001, 20_002, 20_001)))
    listeners = properties["listeners"].split(",") + properties["advertised.listeners"].split(",")
    assert all("://127.0.0.1:" in listener for listener in listeners)


def test_a_proxy_can_be_advertised_and_properties_overridden():
    """Clients are sent to the advertised port; the caller's properties win."""
    properties = parsed(render(Layout(Path("d"), 20_001, 20_002, 20_003, {"num.io.threads": "9"})))
    assert "PLAINTEXT://127.0.0.1:20003" in properties["advertised.listeners"]
    assert "PLAINTEXT://127.0.0.1:20001" in properties["listeners"]
    assert properties["num.io.threads"] == "9"
    assert EmbeddedKafka(advertised_port=20_003).bootstrap == "127.0.0.1:20003"


def test_a_folder_has_one_broker_at_a_time(tmp_path):
    """A second broker on a folder is refused by a sentence with the first one's process; after release it may."""
    lock = folder.Lock(tmp_path)
    with pytest.raises(FolderInUse, match=r"already runs on .* \(process \d+\)"):
        folder.Lock(tmp_path)
    lock.release()
    folder.Lock(tmp_path).release()


def test_a_broker_that_was_never_started_has_nothing_to_clean_up():
    """stop, kill, pause and resume before start do nothing; its folder cannot be asked for."""
    broker = EmbeddedKafka()
    broker.kill()
    broker.pause()
    broker.resume()
    assert not broker.running
    with pytest.raises(RuntimeError, match="not been started"):
        _ = broker.data_dir

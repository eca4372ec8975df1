"""Ports, properties and the data folder of the embedded Kafka."""

import random
import socket
import sys
from pathlib import Path

import pytest

from streams.sandbox.kafka import EmbeddedKafka, FolderInUse, broker, folder
from streams.sandbox.kafka.ports import Hold, free_ports
from streams.sandbox.kafka.properties import Layout, render


def parsed(text):
    """Properties as a dict."""
    return dict(line.split("=", 1) for line in text.splitlines())


def test_ports_lie_below_those_of_outgoing_connections():
    """A chosen port is never one that the system may give to a client, so a restart can take it again."""
    assert all(20_000 <= port < 32_000 for port in free_ports(50, random.Random(1)))


def test_a_port_in_use_is_passed_by():
    """Of the ports that chance names, one with a listener is not given, and none is given twice."""
    first, second = free_ports(2, random.Random("in use"))
    with socket.create_server(("127.0.0.1", first)):
        assert free_ports(1, random.Random("in use")) == (second,)
    assert free_ports(2, Repeating(first, first, second)) == (first, second)


class Repeating(random.Random):
    """Chance that says what it is told to."""

    def __init__(self, *numbers):
        super().__init__()
        self.numbers = iter(numbers)

    def randrange(self, start, stop=None, step=1):
        """The next of the numbers."""
        return next(self.numbers)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is held")
def test_a_held_port_is_for_its_server_only():
    """While it is held nobody else is given it, clients are refused, its server may come and go; then it is free."""
    port, other = free_ports(2, random.Random("held"))
    hold = Hold(port)
    for _ in range(2):
        assert free_ports(1, random.Random("held")) == (other,)
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port))
        with socket.create_server(("127.0.0.1", port)), socket.create_connection(("127.0.0.1", port)):
            pass
    hold.release()
    assert free_ports(1, random.Random("held")) == (port,)


def test_the_controller_never_has_the_port_of_the_clients(monkeypatch):
    """Chance may name the very port that the caller asked for: the controller takes the other one."""
    monkeypatch.setattr(broker, "free_ports", lambda _count: (20_001, 20_002))
    assert [EmbeddedKafka(port=port)._controller_port for port in (None, 20_001, 20_002)] == [20_002, 20_002, 20_001]


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
    kafka = EmbeddedKafka()
    kafka.kill()
    kafka.pause()
    kafka.resume()
    assert not kafka.running
    with pytest.raises(RuntimeError, match="not been started"):
        _ = kafka.data_dir

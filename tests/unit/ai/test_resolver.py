"""What a name resolves to is judged at connect, and what was judged is what is connected to."""

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import pytest
from aiohttp import ThreadedResolver

from schemas import Outcome
from streams.ai.errors import AttemptFailed
from streams.ai.http import HttpClient
from streams.ai.resolver import PrivateAddress, PublicResolver, public_socket
from tests.security.recording_server import recording_server

PUBLIC = ["8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"]
PRIVATE = [
    "127.0.0.1",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "224.0.0.1",
    "0.0.0.0",  # noqa: S104 - an answer, not a bind
    "255.255.255.255",
    "::1",
    "fe80::1%lo",
    "fd00:ec2::254",
    "ff02::1",
    "::ffff:10.0.0.1",
    "64:ff9b::a00:1",
    "2002:a00:1::",
]
Answers = list[list[str]]


def answering(monkeypatch: pytest.MonkeyPatch, answers: Answers) -> list[str]:
    """The system's resolver gives these answers, one per look-up; returns the names that were looked up."""
    asked: list[str] = []

    async def getaddrinfo(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        given = answers[min(len(asked), len(answers)) - 1]
        kinds = ((socket.AF_INET6, (a, port, 0, 0)) if ":" in a else (socket.AF_INET, (a, port)) for a in given)
        return [(family, socket.SOCK_STREAM, 6, "", target) for family, target in kinds]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)
    return asked


def dialling(monkeypatch: pytest.MonkeyPatch, real: Callable[[str], tuple[str, int]]) -> list[str]:
    """Connections go to `real(address)` instead; returns the addresses that were dialled."""
    loop, dialled = asyncio.get_running_loop(), []
    connect = loop.sock_connect

    async def sock_connect(sock: socket.socket, address: Any) -> None:
        dialled.append(address[0])
        await connect(sock, real(address[0]))

    monkeypatch.setattr(loop, "sock_connect", sock_connect)
    return dialled


async def refusal(url: str) -> AttemptFailed:
    """How a post with a key to `url` fails."""
    client = HttpClient(1)
    with pytest.raises(AttemptFailed) as caught:
        await client.post(url, b"{}", {"Authorization": "Bearer canary-key-resolver"})
    await client.aclose()
    return caught.value


@pytest.mark.parametrize("address", PRIVATE)
async def test_a_name_of_a_private_address_is_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A network fault that was never sent, with a code of its own; nothing is dialled."""
    answering(monkeypatch, [[address]])
    dialled = dialling(monkeypatch, lambda _: ("127.0.0.1", 9))
    failed = await refusal("https://api.example.org/v1")
    assert (failed.outcome, failed.code, failed.sent) == (Outcome.NETWORK, "private_address", False)
    assert dialled == []


@pytest.mark.parametrize("address", [a for a in PRIVATE if "%" not in a])
async def test_an_address_in_the_url_is_judged_again(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No look-up is made for an address, so the resolver never sees it: the socket's maker does."""
    dialled = dialling(monkeypatch, lambda _: ("127.0.0.1", 9))
    failed = await refusal(f"http://[{address}]/" if ":" in address else f"http://{address}/")
    assert (failed.outcome, failed.code, failed.sent) == (Outcome.NETWORK, "private_address", False)
    assert dialled == []


@pytest.mark.parametrize("host", ["2130706433", "127.1", "0x7f000001", "017700000001"])
async def test_odd_spellings_of_an_address_are_dialled_by_nobody(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Decimal, short, hexadecimal and octal: never a connection, whoever refuses it."""
    answering(monkeypatch, [["127.0.0.1"]])
    dialled = dialling(monkeypatch, lambda _: ("127.0.0.1", 9))
    failed = await refusal(f"http://{host}/")
    assert (failed.outcome, failed.sent, dialled) == (Outcome.NETWORK, False, [])


async def test_only_public_ones_are_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer with both kinds is stripped of the private ones."""
    answering(monkeypatch, [[*PRIVATE[:3], *PUBLIC, *PRIVATE[10:]]])
    found = await PublicResolver(ThreadedResolver()).resolve("api.example.org", 443)
    assert [result["host"] for result in found] == PUBLIC


async def test_a_public_answer_first_and_a_private_one_later_leads_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: each answer is judged, and the connection goes to the address that was judged."""
    async with recording_server() as (port, seen):
        asked = answering(monkeypatch, [["8.8.8.8"], ["127.0.0.1"]])
        dialled = dialling(monkeypatch, lambda address: ("127.0.0.1", port) if address == "8.8.8.8" else ("", 0))
        first = HttpClient(1)
        assert (await first.post(f"http://api.example.org:{port}/", b"{}", {})).status == 200
        assert (await first.post(f"http://api.example.org:{port}/", b"{}", {})).status == 200
        await first.aclose()
        assert (asked, dialled) == (["api.example.org"], ["8.8.8.8", "8.8.8.8"])
        assert (await refusal(f"http://api.example.org:{port}/")).code == "private_address"
    assert (len(asked), len(dialled), len(seen)) == (2, 2, 2)


async def test_private_ones_are_dialled_with_leave() -> None:
    """`allow_private`, as the emulator and self-hosted models need it."""
    async with recording_server() as (port, seen):
        client = HttpClient(1, allow_private=True)
        assert (await client.get(f"http://localhost:{port}/", {})).status == 200
        await client.aclose()
    assert len(seen) == 1


async def test_a_name_without_an_address_is_a_network_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """No such name: nothing was sent."""

    async def getaddrinfo(host: str, port: int, **_: Any) -> list[Any]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)
    failed = await refusal("https://nowhere.example.org/")
    assert (failed.outcome, failed.code, failed.sent) == (Outcome.NETWORK, "connect", False)


def test_a_socket_is_made_for_public_addresses_only() -> None:
    """The last look before a connection."""
    public_socket((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", 443))).close()
    with pytest.raises(PrivateAddress, match="AI_ALLOW_PRIVATE_ENDPOINTS"):
        public_socket((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.1", 443)))

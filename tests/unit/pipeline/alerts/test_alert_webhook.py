"""Alerts to a webhook: beside everything else, bounded, and without the URL anywhere."""

import asyncio

import httpx
import orjson
import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from schemas import BudgetAlert, Outcome
from streams.ai.errors import AttemptFailed
from streams.ai.http import Response
from streams.clock import ManualClock
from streams.errors import SettingsError
from streams.pipeline.alerts import webhook as webhook_module
from streams.pipeline.alerts.webhook import Webhook, check_url, payload
from tests.unit.pipeline.alerts.desk_log import NOON

TOKEN = "T0123-secret"
URL = SecretStr(f"https://hooks.example.com/services/{TOKEN}")
LOST = AttemptFailed(Outcome.NETWORK, "connection_lost")


class Hook:
    """Plays the HTTP client: answers with statuses or raises, in order, then 200."""

    def __init__(self, *answers: int | Exception) -> None:
        self.answers = list(answers)
        self.posts: list[tuple[str, bytes]] = []
        self.closed = False

    async def post(self, url: str, body: bytes, headers: dict[str, str]) -> Response:
        self.posts.append((url, body))
        answer = self.answers.pop(0) if self.answers else 200
        if isinstance(answer, Exception):
            raise answer
        return Response(answer, httpx.Headers(), b"")

    async def get(self, url: str, headers: dict[str, str]) -> Response:
        raise NotImplementedError

    async def aclose(self) -> None:
        self.closed = True


def alert(subject: str = "groq", state: str = "firing") -> BudgetAlert:
    """A budget's alert."""
    return BudgetAlert(
        alert_id="1",
        kind="budget",
        subject=subject,
        threshold=0.8,
        value=0.81,
        period="2026-11",
        state=state,
        at=NOON,  # type: ignore[arg-type]
    )


async def deliver(hook: Hook, *alerts: BudgetAlert) -> tuple[list[float], list[dict[str, object]]]:
    """Run until all are worked off: the waits between attempts, and the log."""
    clock, waits = ManualClock(), list[float]()

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        clock.advance(seconds)

    webhook = Webhook(URL, hook, clock, sleep)
    with capture_logs() as logs:
        for one in alerts:
            webhook.post(one)
        task = asyncio.create_task(webhook.run())
        await webhook.flush_briefly()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await webhook.aclose()
    assert hook.closed
    assert TOKEN not in str(logs)
    return waits, logs  # type: ignore[return-value]


async def test_an_alert_is_its_json_with_a_text() -> None:
    """What the topic says, and a sentence that Slack shows."""
    hook = Hook()
    assert await deliver(hook, alert()) == ([], [])
    ((url, body),) = hook.posts
    said = orjson.loads(body)
    assert url == URL.get_secret_value()
    assert said.pop("text") == "[firing] groq has spent 81% of its budget for 2026-11 (80%)."
    assert BudgetAlert.model_validate(said) == alert()


def test_a_user_cannot_call_a_channel() -> None:
    """Slack's markup in a user id stays text."""
    text = orjson.loads(payload(alert("user:<!channel> & co")))["text"]
    assert "user:&lt;!channel&gt; &amp; co" in text


async def test_what_may_pass_is_tried_again_with_growing_pauses() -> None:
    """A lost connection, an overloaded server, a throttled hook."""
    hook = Hook(LOST, 503, 429)
    assert await deliver(hook, alert()) == ([1.0, 2.0, 4.0], [])
    assert len(hook.posts) == 4


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (404, "status_404"),
        (302, "status_302"),
        (AttemptFailed(Outcome.NETWORK, "private_address", sent=False), "private_address"),
        (ValueError(f"bad {TOKEN}"), "ValueError"),
    ],
)
async def test_what_will_not_pass_is_given_up_at_once(answer: int | Exception, error: str) -> None:
    """One attempt, one line without the URL; the next alert goes out."""
    hook = Hook(answer)
    waits, logs = await deliver(hook, alert(), alert("openai"))
    assert waits == []
    assert [(line["event"], line["error"]) for line in logs] == [("alerts.webhook_failed", error)]
    assert len(hook.posts) == 2


async def test_a_dead_hook_is_given_up_at_the_deadline() -> None:
    """Two minutes of attempts for one alert, then a line."""
    waits, logs = await deliver(Hook(*[LOST] * 100), alert())
    assert sum(waits) <= webhook_module.DEADLINE_SECONDS
    assert max(waits) == 30
    assert logs[0]["error"] == "connection_lost"


async def test_the_queue_is_bounded_and_posting_never_waits() -> None:
    """What is too much is dropped, with a line for each."""
    webhook = Webhook(URL, Hook(), ManualClock())
    with capture_logs() as logs:
        for _ in range(webhook_module.MAX_WAITING + 2):
            webhook.post(alert())
    assert [line["event"] for line in logs] == ["alerts.webhook_dropped"] * 2
    assert TOKEN not in str(logs)


@pytest.mark.parametrize(
    "url",
    [
        f"http://hooks.example.com/{TOKEN}",
        f"https://127.0.0.1/{TOKEN}",
        f"https://user:{TOKEN}@hooks.example.com/",
        f"ftp://hooks.example.com/{TOKEN}",
        f"https://hooks.example.com/x#{TOKEN}",
        f"{TOKEN}",
        "https://[",
    ],
)
def test_a_url_that_may_not_be_called_is_refused_without_being_told(url: str) -> None:
    """Only https at public addresses, and the setting is named."""
    with pytest.raises(SettingsError, match=r"^ALERT_WEBHOOK_URL: ") as caught:
        check_url(SecretStr(url), allow_private=False)
    assert TOKEN not in str(caught.value)


def test_a_private_hook_may_be_allowed() -> None:
    """With the same setting as for providers; a query may hold the token."""
    check_url(SecretStr(f"http://127.0.0.1:9000/hook?token={TOKEN}"), allow_private=True)
    check_url(SecretStr(f"https://hooks.example.com/x?token={TOKEN}"), allow_private=False)

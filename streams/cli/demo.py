"""`fulltext demo`: the whole way of a record on this machine, without a key.

Starts the embedded Kafka, the provider emulator and a real worker process, publishes the sample pages, shows
their verdicts as they come, and checks them against the samples' labels.
"""

import asyncio
import contextlib
import json
import os
import signal
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from schemas import FulltextVerdict, ProviderUsage
from streams.cli import _demo_report as report
from streams.cli._demo_run import Run
from streams.cli._demo_worker import demo_worker, first_line
from streams.errors import UserError
from streams.sandbox.samples import Sample, load

NEEDED = {"on": 0.9, "off": 0.8}
"""Share of the samples' labels that must be right, by local tier."""
_PATIENCE_SECONDS = 180.0
_OVERLOADED_SHARE = 0.25
"""Of the calls at the cheapest provider, so that the demo shows the next one taking over."""
_BUDGETS = "groq:0.25,gemini:0.25,azure:0.25,openai:0.25"
"""What all samples at once may cost at most; a few per cent of it are spent, which the live page's bars show."""
_PROVIDER_VARIABLES = (
    "GROQ_",
    "GEMINI_",
    "AZURE_OPENAI_",
    "OPENAI_",
    "COMPATIBLE_",
    "AI_",
    "KAFKA_",
    "VERIFY_",
    "WEB_",
)


class DemoFailed(UserError):
    """The demo did not end as it should."""


@click.command("demo")
@click.option(
    "--local-tier",
    type=click.Choice(["on", "off"]),
    default="on",
    show_default=True,
    help="off: ask a model about every page that has text.",
)
@click.option("--constant-answer", metavar="VERDICT", help="Let the emulator always answer this; the check then fails.")
@click.option("--keep", is_flag=True, help="Keep everything running until Ctrl-C, to look at the live page.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(local_tier: str, constant_answer: str | None, keep: bool, as_json: bool) -> None:
    """Show records flowing from Kafka to verdicts, without a key.

    Exit code 0 only when every sample got its verdict and enough labels are right.

    \b
    Examples:  fulltext demo
               fulltext demo --keep
               fulltext demo --local-tier off --json
    """

    def judge(run: Run) -> None:
        _judge(run, local_tier, as_json=as_json)

    asyncio.run(_demo(local_tier, constant_answer, judge, keep=keep))


def _judge(run: Run, local_tier: str, *, as_json: bool) -> None:
    """Show what came of it. Raises DemoFailed."""
    page = report.show(run, local_tier, as_json=as_json)
    if page is not None:
        click.echo(f"report: {page.as_uri()}", err=as_json)
    missing = len(run.samples) - len(run.verdicts)
    if missing:
        raise DemoFailed(f"{missing} of {len(run.samples)} samples got no verdict; the worker's log is above")
    if run.right < NEEDED[local_tier] * len(run.samples):
        raise DemoFailed(
            f"only {run.right} of {len(run.samples)} verdicts agree with the samples' labels "
            f"(needed: {NEEDED[local_tier]:.0%})"
        )


async def _demo(local_tier: str, constant_answer: str | None, judge: Callable[[Run], None], *, keep: bool) -> None:
    from streams.sandbox.emulator import Emulator
    from streams.sandbox.kafka import EmbeddedKafka
    from streams.settings import load as load_settings

    samples = load()
    with tempfile.TemporaryDirectory(prefix="fulltext-demo-") as folder:
        bill = Path(folder) / "bill.jsonl"
        async with EmbeddedKafka() as kafka, Emulator(bill=bill) as emulator:
            emulator.script("groq", {"fault": "status", "code": 503, "share": _OVERLOADED_SHARE})
            if constant_answer:
                for provider in ("groq", "gemini", "azure", "openai"):
                    emulator.script(provider, {"fault": "constant", "verdict": constant_answer})
            environment = {
                **{k: v for k, v in os.environ.items() if not k.startswith(_PROVIDER_VARIABLES)},
                **emulator.environment(),
                "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap,
                "VERIFY_LOCAL_TIER": local_tier,
                "AI_DAILY_BUDGET_USD": _BUDGETS,
                "LOG_LEVEL": "warning",
            }
            settings = load_settings(
                kafka_bootstrap_servers=kafka.bootstrap, kafka_topic_prefix="", kafka_security_protocol="PLAINTEXT"
            )
            from streams.pipeline.topics import ensure_topics

            await ensure_topics(settings)
            async with demo_worker(environment, Path(folder)) as worker:
                live = await first_line(worker)
                click.echo(live, err=True)
                await _publish(kafka.bootstrap, samples)
                run = await _watch(kafka.bootstrap, samples, worker)
                if keep:
                    await _keep(lambda: judge(run), live, worker)
                else:
                    judge(run)


async def _keep(judge: Callable[[], None], live: str, worker: asyncio.subprocess.Process) -> None:
    """Judge now, and stay whatever came of it: who wants to look has the more reason to. Raises DemoFailed then."""
    failed: DemoFailed | None = None
    try:
        judge()
    except DemoFailed as failure:
        failed = failure
        click.echo(f"fulltext: {failure}", err=True)
    click.echo(f"{live} (until Ctrl-C)", err=True)
    await _told_to_stop(worker)
    if failed is not None:
        raise failed


async def _told_to_stop(worker: asyncio.subprocess.Process) -> None:
    """Wait for Ctrl-C or SIGTERM, or for the worker's end."""
    told, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told.set)
    waits = [asyncio.create_task(told.wait()), asyncio.create_task(worker.wait())]
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()


async def _publish(bootstrap: str, samples: list[Sample]) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, enable_idempotence=True, max_request_size=9 * 1024 * 1024)
    await producer.start()
    try:
        for sample in samples:
            value = sample.record.model_dump_json(exclude_none=True).encode()
            await producer.send_and_wait("scraped-content", value, sample.name.encode())
    finally:
        await producer.stop()


async def _watch(bootstrap: str, samples: list[Sample], worker: asyncio.subprocess.Process) -> Run:
    """Read verdicts and usage until every sample has its verdict, the worker ends or patience does."""
    run = Run(samples, {}, [])
    labels = {sample.name: sample for sample in samples}
    consumer = AIOKafkaConsumer(
        "fulltext-verdicts", "provider-usage", bootstrap_servers=bootstrap, auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        with report.progress(len(samples)) as seen, contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE_SECONDS):
                while len(run.verdicts) < len(samples) and worker.returncode is None:
                    for message in await _next(consumer):
                        _take(run, message, labels, seen)
                for message in await _next(consumer):
                    _take(run, message, labels, seen)
    finally:
        await consumer.stop()
    return run


async def _next(consumer: AIOKafkaConsumer) -> list[Any]:
    batches = await consumer.getmany(timeout_ms=500)
    return [message for batch in batches.values() for message in batch]


def _take(run: Run, message: Any, labels: dict[str, Sample], seen: Any) -> None:
    if message.topic == "provider-usage":
        run.usage.append(ProviderUsage.model_validate_json(message.value))
        return
    name = message.key.decode()
    verdict = FulltextVerdict.model_validate(json.loads(message.value))
    if name in labels:
        run.verdicts[name] = verdict
        seen(labels[name], verdict, len(run.verdicts))

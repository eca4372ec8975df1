"""What must hold of a soak: the ledger is the vendors' bill, deadlines hold, nothing is left."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from schemas import Outcome, ProviderUsage
from streams.ai.outcomes import TABLE
from tests.chaos.soak_plan import Traces

LATE_SECONDS = 0.1
_UNCERTAIN = ("reserved", "unknown")
_OURS = (Outcome.CANCELLED, Outcome.TIMEOUT)
"""We broke it off: the vendor may have seen it, done the work, or not."""
_NEVER_SENT = ("connect", "private_address", "no_key")
_CUT = frozenset(
    f"fault:{name}"
    for name in (
        *("hang", "drip", "down", "reset", "reset_in_body"),
        *("gzip_bomb", "endless", "truncated_json", "html", "redirect"),
    )
) | {"hung"}
"""States of the bill in which no whole answer of the vendor's own was sent: nobody on our side can know the cost."""

Rule = Callable[[Traces], Iterator[str]]


def judge(traces: Traces, *, late_seconds: float | None = LATE_SECONDS) -> dict[str, Any]:
    """Findings by rule, counts and figures.

    `late_seconds`: the 99th percentile of all calls must not end later than that after their deadline, beyond what a
    busy machine withheld from the loop (same percentile); None: only reported.
    """
    findings = {rule.__name__: list(rule(traces)) for rule in RULES}
    if late_seconds is not None and percentile(traces.late, 99) > late_seconds + percentile(_withheld(traces), 99):
        findings["deadlines"] = [f"p99 of all calls ended {percentile(traces.late, 99) * 1000:.0f} ms after it"]
    found = {name: lines for name, lines in findings.items() if lines}
    counts = {name: len(lines) for name, lines in found.items()}
    shown = {name: lines[:20] for name, lines in found.items()}
    return {"ok": not found, "findings": shown, "counts": counts, "figures": figures(traces)}


def exceptions(traces: Traces) -> Iterator[str]:
    """None outside the drawn tree."""
    yield from traces.strange


def on_the_bill(traces: Traces) -> Iterator[str]:
    """Every attempt that we did not break off is on the vendors' bill."""
    billed = {line["attempt_id"] for line in traces.bill}
    for line in traces.ledger:
        if line.attempt_id not in billed and line.outcome not in _OURS and line.error not in _NEVER_SENT:
            yield f"{_name(line)} is on no bill"


def on_the_ledger(traces: Traces) -> Iterator[str]:
    """Every billed request is on the ledger, each once."""
    ours = Counter(line.attempt_id for line in traces.ledger)
    theirs = Counter(line["attempt_id"] for line in traces.bill)
    yield from (f"{ident} is {times} times on the ledger" for ident, times in ours.items() if times > 1)
    yield from (f"{ident} is {times} times on the bill" for ident, times in theirs.items() if times > 1)
    yield from (f"{ident} is billed and on no ledger" for ident in theirs if ident not in ours)
    admitted = {admission.reservation.attempt_id for admission in traces.admissions}
    yield from (f"{ident} was never admitted" for ident in ours if ident not in admitted)


def uncertain(traces: Traces) -> Iterator[str]:
    """Those whose cost nobody knows are exactly those that the vendor cut or that we broke off."""
    billed = {line["attempt_id"]: line for line in traces.bill}
    for line in traces.ledger:
        bill = billed.get(line.attempt_id)
        ours = line.outcome in _OURS and line.error not in _NEVER_SENT
        if (ours or (bill is not None and _untold(bill))) != (line.cost_kind in _UNCERTAIN):
            yield f"{_name(line)} is {line.cost_kind}, on the bill {bill['state'] if bill else 'nothing'}"


def charged(traces: Traces) -> Iterator[str]:
    """Never below the bill; what was reported, exactly."""
    ours = {line.attempt_id: line for line in traces.ledger}
    for bill in traces.bill:
        line = ours.get(bill["attempt_id"])
        if line is None:
            continue
        exact = line.cost_kind == "reported"
        if line.cost_nano_usd < bill["cost_nano_usd"] or (exact and line.cost_nano_usd != bill["cost_nano_usd"]):
            yield f"{_name(line)}: {line.cost_kind} {line.cost_nano_usd}, billed {bill['cost_nano_usd']}"


def budgets(traces: Traces) -> Iterator[str]:
    """Nothing is reserved any more, and what was spent is the ledger's sum: by provider, user, and in all."""
    sums: defaultdict[str, int] = defaultdict(int)
    for line in traces.ledger:
        for name in (line.provider, "global", f"user:{line.user_id}"):
            sums[name] += line.cost_nano_usd
    for balance in traces.balances:
        name = balance.budget.rpartition("/")[0]
        if balance.reserved or balance.spent != sums[name]:
            yield f"{balance.budget}: {balance.reserved} reserved, {balance.spent} spent, {sums[name]} on the ledger"


def limiters(traces: Traces) -> Iterator[str]:
    """Requests and tokens counted under all keys of a model are those of the ledger."""
    counted: Counter[tuple[str, str, str]] = Counter()
    for gate, provider in {id(a.gate): (a.gate, a.lane.name) for a in traces.admissions}.values():
        if gate._in_flight:
            yield f"a key of {provider} still has {gate._in_flight} in flight"
        for model, limiter in gate._limiters.items():
            for allowance in limiter._allowances:
                if allowance.period > 60:  # what was taken a minute ago is forgotten by the others
                    counted[provider, model, allowance.kind] += allowance._window.taken
    expected: Counter[tuple[str, str, str]] = Counter()
    for line in traces.ledger:
        sent = line.error not in _NEVER_SENT
        expected[line.provider, line.model, "requests"] += sent
        expected[line.provider, line.model, "tokens"] += _tokens(line, traces.demand_tokens) if sent else 0
    for key in counted.keys() | expected.keys():
        if counted[key] != expected[key]:
            yield f"{' '.join(key)}: {counted[key]} counted, {expected[key]} on the ledger"


def left(traces: Traces) -> Iterator[str]:
    """Nothing that calls hold is left."""
    yield from (f"{number} {what}" for what, number in traces.left.items() if number)
    settled = Counter((a.permit.settled, a.grant.settled) for a in traces.admissions)
    yield from (
        f"{times} admissions with permit, grant settled: {how}" for how, times in settled.items() if not all(how)
    )


RULES: tuple[Rule, ...] = (exceptions, on_the_bill, on_the_ledger, uncertain, charged, budgets, limiters, left)


def figures(traces: Traces) -> Mapping[str, Any]:
    """For people."""
    reached = [late for late in traces.late if late > -0.005]
    unbilled = {line.attempt_id for line in traces.ledger} - {line["attempt_id"] for line in traces.bill}
    return {
        "calls": traces.ended.total(),
        **{f"calls {word}": number for word, number in sorted(traces.ended.items())},
        "attempts": len(traces.ledger),
        **{
            f"attempts {word}": number
            for word, number in sorted(Counter(str(line.outcome) for line in traces.ledger).items())
        },
        "cost kinds": _told(Counter(line.cost_kind for line in traces.ledger)),
        "billed requests": len(traces.bill),
        "broken off before the vendor saw them": len(unbilled),
        "nano usd charged": sum(line.cost_nano_usd for line in traces.ledger),
        "nano usd billed": sum(line["cost_nano_usd"] for line in traces.bill),
        "faults switched on": _told(traces.weather),
        "calls that reached their deadline": len(reached),
        "ms past the deadline, all calls, p99": _ms(traces.late, 99),
        "ms past the deadline, those that reached it, p50": _ms(reached, 50),
        "ms past the deadline, those that reached it, p99": _ms(reached, 99),
        "ms past the deadline, most": _ms(traces.late, 100),
        "ms that the event loop was late, p99": _ms(traces.lag, 99),
        "ms that the event loop was late, most": _ms(traces.lag, 100),
        "of that without having the CPU, p99": _ms(_withheld(traces), 99),
        "ms of its own CPU between two ticks, p99": _ms(traces.busy, 99),
    }


def percentile(values: list[float], percent: float) -> float:
    """Nearest rank; 0 of nothing."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(len(ranked) * percent / 100))] if ranked else 0.0


def _withheld(traces: Traces) -> list[float]:
    """Seconds by which the loop was late although it did not work: other processes had the machine."""
    return [max(0.0, late - busy) for late, busy in zip(traces.lag, traces.busy, strict=True)]


def _ms(values: list[float], percent: float) -> float:
    return round(max(0.0, percentile(values, percent)) * 1000, 1)


def _untold(bill: Mapping[str, Any]) -> bool:
    """Can nobody on our side know what it costs? Azure may charge for a prompt that it filters, and tells no usage."""
    filtered = bill["state"] == "fault:prompt_filter" and (bill["provider"], bill["status"]) == ("azure", 400)
    return filtered or bill["state"] in _CUT


def _tokens(line: ProviderUsage, demand: int) -> int:
    """As the limits should count it: what was reported, else the estimate where it may have been used."""
    return line.input_tokens + line.output_tokens or (demand if TABLE[line.outcome].may_have_cost else 0)


def _name(line: ProviderUsage) -> str:
    return f"{line.provider} {line.attempt_id[:8]} {line.outcome} ({line.error})"


def _told(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in sorted(counts.items()))

"""An alert in one sentence, for a person."""

from schemas import BudgetAlert


def sentence(alert: BudgetAlert) -> str:
    """What happened to whom, with figures. `subject` may be a user id: escape it for where it is shown."""
    cleared = alert.state == "cleared"
    if alert.kind == "budget":
        if cleared:
            return f"The budget of {alert.subject} is new: {alert.period} is over."
        if alert.threshold >= 1:
            return f"{alert.subject} has used up its budget for {alert.period}: {alert.value:.0%} is spent."
        return f"{alert.subject} has spent {alert.value:.0%} of its budget for {alert.period} ({alert.threshold:.0%})."
    return (_CLEARED if cleared else _FIRING)[alert.kind].format(alert=alert)


_FIRING = {
    "failure_rate": "{alert.subject} fails {alert.value:.0%} of its calls (more than {alert.threshold:.0%}).",
    "latency": "{alert.subject} is slow: p95 is {alert.value:.1f} s (more than {alert.threshold:g} s).",
    "breaker_open": "{alert.subject} is not asked any more: its breaker is open.",
    "hold": "The stream is held: no provider has admitted a call for {alert.value:.0f} s.",
    "overrun": "{alert.subject} bills {alert.value:.6f} USD more than was reserved for its calls: check its prices.",
}
_CLEARED = {
    "failure_rate": "{alert.subject} answers again: it fails {alert.value:.0%} of its calls.",
    "latency": "{alert.subject} is fast again: p95 is {alert.value:.1f} s.",
    "breaker_open": "{alert.subject} is asked again: its breaker has closed.",
    "hold": "The stream goes on.",
    "overrun": "No call of {alert.subject} has cost more than was reserved for it in the last minutes.",
}

"""What a reader of a topic has to know beside the message itself: the key, the headers, who writes."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class ChannelText:
    """One topic. `actions` are the program's own: `receive` is what it reads, `send` what it writes."""

    summary: str
    key: str
    actions: tuple[str, ...]
    headers: Mapping[str, str] = field(default_factory=dict)
    payload: str = ""
    """Of a topic whose value is no JSON of ours."""


_BOTH = ("send", "receive")
_COPIES = {
    "replay-of-topic": "Of a copy that `fulltext replay` sent: topic of the record that it is a copy of.",
    "replay-of-partition": "Its partition.",
    "replay-of-offset": "Its offset.",
    "replay-run": "The run that sent the copy.",
}
_DEAD = {
    "dlq-reason": "empty_record, invalid_json, invalid_record, too_large or internal_error.",
    "dlq-detail": "One sentence.",
    "dlq-topic": "Topic of the record.",
    "dlq-partition": "Its partition.",
    "dlq-offset": "Its offset.",
}

CHANNELS: Mapping[str, ChannelText] = {
    "scraped-content": ChannelText(
        "The input: scraped documents, in the order of their key.", "Any; the url is a good one.", _BOTH, _COPIES
    ),
    "fulltext-verdicts": ChannelText(
        "A verdict on each record, at least once; the last one of a verdict_id counts.", "The input's key.", ("send",)
    ),
    "scraped-content.dlq": ChannelText(
        "Records that cannot be judged.",
        "The input's key.",
        _BOTH,
        _DEAD,
        "The record's own bytes; one that is too large is a JSON object with its topic, partition, offset, bytes and "
        "blake2b (16 bytes, hexadecimal).",
    ),
    "scraped-content.replays": ChannelText(
        "What `fulltext replay` has sent again. Written in transactions.",
        "<topic>/<partition>/<offset>/<digest> of the record, or the run.",
        _BOTH,
    ),
    "provider-usage": ChannelText("Every attempt at a provider, good or bad.", "The provider.", _BOTH),
    "provider-stats": ChannelText("Sums of each provider; the last one counts.", "The provider.", _BOTH),
    "usage-analytics": ChannelText("Sums by user, task and way of deciding; the last one counts.", "all", _BOTH),
    "provider-health": ChannelText("Each worker's view of a provider; the last one counts.", "Worker/provider.", _BOTH),
    "budget-alerts": ChannelText("Alerts as they begin to fire and clear.", "The subject.", _BOTH),
    "budget-leases": ChannelText("Grants of the budget ledger. Written in transactions.", "The lease's id.", _BOTH),
    "budget-requests": ChannelText("What workers ask of the budget ledger.", "The worker.", _BOTH),
}

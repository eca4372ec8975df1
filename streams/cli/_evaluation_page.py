"""An evaluation as one HTML page with drawings inside: it needs no network, no script and no other file."""

from html import escape

from streams.cli import _drawings
from streams.cli._evaluation import SEEN, Evaluation
from streams.verify.scores import Scores

_STYLE = """
:root{color-scheme:light dark;--ink:#1c2733;--mute:#66727f;--line:#d5dbe1;--mark:#2463a8;--soft:#9dbfe3;
--bad:#b3372c;--paper:#fff}
@media(prefers-color-scheme:dark){:root{--ink:#e3e8ed;--mute:#97a3af;--line:#3a4550;--mark:#6fa8e6;
--soft:#31557d;--bad:#e2786e;--paper:#14191f}}
body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;
color:var(--ink);background:var(--paper)}
h1{font-size:1.5rem;margin-bottom:0}h2{font-size:1.1rem;margin-top:2.2rem}.mute{color:var(--mute)}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}
th,td{padding:.2rem .7rem;border-bottom:1px solid var(--line)}
th{font-weight:600;text-align:left}td.n{text-align:right}.by{white-space:nowrap}svg{max-width:100%;height:auto;display:block}
svg text{fill:var(--ink);font:12px system-ui,sans-serif}.scroll{overflow-x:auto}
.side{display:flex;flex-wrap:wrap;gap:1rem}h3{margin:.4rem 0}
"""


def render(evaluation: Evaluation, name: str, tier: str) -> str:
    """The whole page."""
    scores = evaluation.scores
    version = evaluation.judged[0].verdict.policy_version
    run = (
        f'<p class="mute">tier {escape(tier)} · policy {escape(version)} · {len(evaluation.judged)} records, '
        f"{len(evaluation.bad)} bad lines · {evaluation.per_second:.0f} records a second · "
        f"${evaluation.cost_nano_usd / 1e9:.6f}</p>"
    )
    parts = [
        f"<h1>{escape(name)}</h1>{run}",
        f"<p><strong>{escape(SEEN)}</strong></p>" if evaluation.seen else "",
        "<h2>Is it right, and how often does it speak?</h2>",
        _drawings.intervals(
            {"coverage": scores.coverage, "accept precision": scores.accepts, "reject precision": scores.rejects}
        ),
        "<h2>Does the confidence mean what it says?</h2>",
        f"<div class=side>{_reliabilities(evaluation)}</div>",
        "<h2>Labels (down) and verdicts (across)</h2>",
        f'<div class="scroll">{_drawings.heat(evaluation.confusion)}</div>',
        *(_table(what, rows) for what, rows in evaluation.tables.items()),
        _wrong(evaluation),
    ]
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>fulltext eval: {escape(name)}</title><style>{_STYLE}</style>{''.join(parts)}</html>\n"
    )


def _reliabilities(evaluation: Evaluation) -> str:
    return "".join(
        f"<div><h3>{escape(who)}</h3>{_drawings.reliability(found)}</div>"
        for who, found in evaluation.calibration.items()
    )


def _table(what: str, rows: dict[str, Scores]) -> str:
    body = "".join(
        f"<tr><td>{escape(name)}</td><td class=n>{scores.coverage.total}</td><td class=n>{scores.coverage.count}</td>"
        f"<td>{escape(str(scores.accepts))}</td><td>{escape(str(scores.rejects))}</td></tr>"
        for name, scores in rows.items()
    )
    head = f"<th>{escape(what)}</th><th>records</th><th>decided</th><th>accepted rightly</th><th>rejected rightly</th>"
    return f"<h2>By {escape(what)}</h2><div class=scroll><table class=by><tr>{head}</tr>{body}</table></div>"


def _wrong(evaluation: Evaluation) -> str:
    rows = "".join(
        f"<tr><td>{escape(item.verdict.content_id)}</td><td>{escape(item.labelled.label)}</td>"
        f"<td>{item.verdict.verdict.value}</td><td class=n>{item.verdict.confidence:.3f}</td>"
        f"<td>{escape(item.verdict.decided_by)}</td></tr>"
        for item in evaluation.wrong
    )
    if not rows:
        return "<h2>Wrong about full text</h2><p>None.</p>"
    head = "<th>id</th><th>label</th><th>verdict</th><th>confidence</th><th>decided by</th>"
    return f"<h2>Wrong about full text</h2><div class=scroll><table><tr>{head}</tr>{rows}</table></div>"

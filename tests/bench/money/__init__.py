"""What records cost, by how they are decided: `make bench`, or `python -m tests.bench.money [--data records.jsonl]`.

Every record is verified as a library user would do it, before the emulator, which counts the tokens of each call and
bills it at the vendors' list prices: by the chain with and without the local tier, and by each provider alone without
it, second opinions of stronger models included. No faults, no limits, no cache, Groq priced as paid. The bill and our
own sum must agree to the nano-USD, but for calls whose answer never came (a very busy machine), which both name.

The baselines are those of older plans: one call to GPT-3.5 Turbo or GPT-4 Turbo for each record, 2,000 tokens in and
500 out; and, to compare like with like, the very calls of the chain without the local tier at the prices of those two.

The records are the samples of `streams.sandbox.samples` or a JSONL file as `fulltext publish` takes it. The samples
were made to cover every kind of page once or twice, so the share decided locally, and with it what the local tier
saves, is theirs and nobody else's: use your own records.

Layout
------
records   the records
ways      ways of deciding, and what one costs; baselines: what it is compared with
report    what a person reads
"""

"""The worker beside a bare loop: `make bench`, or `python -m tests.bench`.

What is measured
----------------
Small text records on one embedded Kafka, and the provider emulator as a process of its own: latency lognormal with a
mean of 1 s, 1 % of the calls never answer and end by the caller's timeout. The sides take turns:

* worker: `fulltext worker`, VERIFY_LOCAL_TIER=off, 256 records in flight, the default window;
* bare httpx, bare aiohttp: aiokafka and httpx, on httpx's own transport and on aiohttp's, 256 tasks, no order, no
  ledger, no reading of the answer: what a script of an afternoon would do.

Then the curve: the worker on *one* partition, so that all records share one span of offsets, for several windows.

efficiency = achieved / (in flight / mean time in call), in the steady middle of a run: the records whose verdicts are
number 20 % to 80 % in the order of their time stamps. Achieved = their number / the time between. Time in call of a
record = the latencies of all its attempts together, by the worker's usage events or the bare loop's own clock.

CPU = user and system time of the side's processes, children included, over the same stretch, per record. The
emulator's share of one core over the stretch is shown beside it: near 100 % it, and not the side, is what is measured.
So is what everything else on the machine used, the measuring included: the figures of a busy machine are those of a
smaller one.

Layout
------
plan        how much of what
records     the small texts
bare_loop   the other side, as a process
meter       CPU time of processes
collect     verdicts and usage, read back from Kafka
sides       one run of a side
figures     from a run to its figures
session     the runs in their order
report      what a person reads
pages       how fast a busy worker answers over HTTP; a program of its own
"""

"""The worker beside its peers: `make bench`, or `python -m tests.bench`. `docs/benchmarks.md` tells how to read it.

What is measured
----------------
Small text records on one embedded Kafka, and the provider emulator as a process of its own: latency lognormal with a
mean of 1 s, 1 % of the calls never answer and end by the caller's timeout. Two providers, the same two models for all.
The sides take turns:

* worker: `fulltext worker`, VERIFY_LOCAL_TIER=off, 256 records in flight, the default window;
* bare httpx, bare aiohttp: aiokafka and httpx, on httpx's own transport and on aiohttp's, 256 tasks, a plain list of
  providers, no order, no ledger, no reading of the answer: what a script of an afternoon would do;
* litellm: the same loop, asking through LiteLLM's Router, tuned as in `make bench-router`; it has an interpreter of its
  own and takes part where that is named.

Then the curve: the worker on *one* partition, so that all records share one span of offsets, for several windows. Then
the trials, in which all sides meet a kill, a dead provider and an outage (`peers`).

efficiency = achieved / (in flight / mean time in call), in the steady middle of a run: the records whose verdicts are
number 20 % to 80 % in the order of their time stamps. Achieved = their number / the time between. Time in call of a
record = the latencies of all its attempts together, by the worker's usage events or the bare loop's own clock.

p99 is from taking a record to its verdict, in the same middle; a hold would be left out, and there is none. Memory is
the most that a side's processes had resident together, four looks a second.

CPU = user and system time of the side's processes, children included, over the same stretch, per record. The
emulator's share of one core over the stretch is shown beside it: near 100 % it, and not the side, is what is measured.
So is what everything else on the machine used, the measuring included: the figures of a busy machine are those of a
smaller one.

Layout
------
plan         how much of what
records      the small texts
question     what the loops ask
commands     how each side is started
bare_job     what a loop is told
bare_loop    a loop, as a process
bare_http    asking with httpx and a plain list
bare_litellm asking through LiteLLM's Router
meter        CPU time and memory of processes
machine      what it ran on
collect      verdicts and usage, read back from Kafka
sides        one run of a side
figures      from a run to its figures
session      the runs in their order
peers        the trials with faults
report       what a person reads
table, bars  a table for a terminal and a document; a picture
pages        how fast a busy worker answers over HTTP; a program of its own
"""

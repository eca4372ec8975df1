"""The worker beside a bare loop: `make bench`, or `python -m tests.bench`.

What is measured
----------------
Small text records, one embedded Kafka, one provider emulator as a process of its own, emulated latency lognormal with
a mean of 1 s and 1 % of calls that never answer. Two sides take turns on the same records:

* the worker: `fulltext worker` with VERIFY_LOCAL_TIER=off, 256 records in flight;
* a bare loop: aiokafka + httpx, 256 tasks, no order, no ledger: what a script of an afternoon would do.

efficiency = achieved / (in flight / mean time in call), in the steady middle of a run: the records that finish while
between 20 % and 80 % of them are done. Achieved = their number / the time between. The mean time in call is that of the
attempts of the same records: for the worker the latencies of its usage events, for the bare loop its own clock.

CPU = user and system time of the side's process and its children over the same stretch, per record.
"""

"""How cost grows with workers, partitions, users and the size of records: `python -m tests.bench.scale`.

One thing grows at a time. Every row has topics of its own on one broker, the local tier off, so that every record is
asked about, and an emulator whose calls take a second on average. The calls in flight are the same in all workers
together; where it is workers that grow, also the same in each. The base row stands again at the end: what the two
differ by is the machine's.

Layout
------
plan    the rows
run     one row on a running broker
pace    processes that only read, at the pace of workers
report  the table, and what grew
"""

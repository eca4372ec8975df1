"""What reading and the local tier cost: `make bench-reading DATA=records.jsonl`, or the samples without DATA.

What is measured
----------------
CPU seconds of one process for each document, the least of several passes: others on the machine make a pass slower,
never faster. Documents a second and core = documents / the sum of these times. The records as they are, by content
type; and those of them that are text, set as a two-column PDF, as JATS and as a publisher's page (`tests/paper`).

Beside it: selectolax parsing a page and counting its elements and characters, and trafilatura where it is installed
(`pip install trafilatura`): what others pay for less.

The event loop: the worker's own way of a record (small ones in the loop, others in the pool), while a clock in the loop
tells how long it stood still at most.

Layout
------
documents  labelled records, as they are and rendered
timing     CPU time of a function over documents
others     selectolax and trafilatura
loop       how long the event loop stands still
report     what a person reads
"""

"""What faults cost the worker and its peers: one kill, a dead provider, an outage. A part of `make bench`.

Each side gets the same records, the same faults at the same moment of its run, and an emulator of its own, whose bill
tells one side's calls. Judged from the topics and the bill, never by what a side says of itself.

Layout
------
plan      trials: which fault, for how long
trial     one side through one trial
running   a side at work: killed, waited for
outcomes  what is on the topics so far, read all the time
progress  what a side says is done: its committed offsets
judge     from topics and bill to counts
series    trials and sides in turns
report    tables and bars
"""

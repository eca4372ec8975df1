"""The writer of the usage tables: how fast it folds, and what it keeps. `make bench`, or `python -m tests.bench.usage`.

What is measured
----------------
speed   Events on `provider-usage` of a real Kafka (4 providers, 8 models, 200 users, one call in 20 failed); a process
        with one worker's part of the tables, which folds, writes once a second and reads what it wrote. Events per
        second of CPU is what one core can do when nothing else takes it; events per second of the clock is told beside
        it, with the load of the machine. From the first figures to the last, so that the start does not count.
memory  The tables alone, on a clock of their own: 26 hours are filled (that is how many are kept), 26 more are
        measured, a restart from what was written in the middle. All tracked memory (tracemalloc) and the process's
        resident memory at every hour; the slope is a straight line's by least squares, before
        the restart or over the last ten hours, whichever is steeper: the restart itself is a step.

Layout
------
events    an event by its number, always the same
writer    (a program) the process of the speed run; speed: the run
memory    the simulated hours
report    what a person reads
"""

"""CHAOS: kill workers and the broker under load, then let an independent program say what was lost.

Layout
------
records         the inputs: decided locally in milliseconds, asked about, or no record at all
publisher       sends them, and keeps a ledger of what the broker acknowledged
processes       child processes that end with us
sampler         (a program) the group's committed offsets, five times a second
emulator        its process, faults and bill, from outside
scene           one run: broker, emulator, workers, sampler, and its folder of evidence
evidence        what the checker reads: Kafka and the files above
findings        what must hold of the evidence
money           what must hold of the money: the bill beside budgets, leases and the ledger of attempts
tables          what must hold of the usage tables: they are the ledger of attempts and the bill
checker         (a program) evidence in, findings out; knows nothing of the product's code
kills           workers killed and ended at random, the broker killed once
trial           one gated run with a worker whose parts may be broken on purpose
storm           members joining and leaving while the consumer skips records
outage          all providers down; a document that all refuse
budget          workers that spend one budget, some of them killed
patched_worker  (a program) the worker, with one part broken
spender         (a program) the worker, with one part of its money broken
matrix          every other fault, a row each, and one table of them all
soak            the service alone: hundreds of callers, every fault in turn, some callers cancelled
soak_plan, soak_service, soak_callers, soak_leftovers: its parts
weather         those faults, and keys that are replaced all the time
soak_findings   what must hold of it: the ledger is the bill, nothing is left
report          figures for people

`python -m tests.chaos` runs the long forms; the tests beside this file run the short ones.
"""

"""The fault matrix: every fault that this machine can make, one mechanism, one table.

Layout
------
row             what a row says
run             what lives while it runs
inputs          what is sent
conditions      when a fault strikes
faults          what a fault is
provider_faults, broker_faults, worker_faults, key_faults
proxied         what a proxy does to the connections through it
proxy           a TCP proxy that breaks connections
secret_store    AWS Secrets Manager on this machine
broker          a broker with a listener behind such a proxy
odd_worker      (a program) the worker with something odd about it
expectations    what a row must show besides the checker's rules
pages           the workers' own pages
waits           what a run waits for
leaks           no key shows in logs, pages and topics
bounds          memory and descriptors
runner          one row, one seed
report          the table
provider_rows, broker_rows, worker_rows, input_rows, money_rows, mutant_rows

A row is added to the file of its theme; a fault that there is not yet is a class with `strike` and `heal`.
"""

from tests.chaos.matrix import broker_rows, input_rows, money_rows, mutant_rows, provider_rows, worker_rows

ROWS = (
    *provider_rows.ROWS,
    *broker_rows.ROWS,
    *worker_rows.ROWS,
    *input_rows.ROWS,
    *money_rows.ROWS,
    *mutant_rows.ROWS,
)

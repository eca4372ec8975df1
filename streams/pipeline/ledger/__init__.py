"""The cluster's budget: one ledger grants leases, workers spend them, and no budget is exceeded by all together.

Layout, along the way of money
------------------------------
lease_budget  `LeaseBudget`: the `Budget` of one worker: reserve and settle inside its leases, ask for more
lease         one worker's part of one budget in one period
ledger        `Ledger`: what the single writer grants; book: what it has granted
clock         no worker is in an earlier period than the ledger
cluster       `ClusterBudget`: a worker's link to the topics, from recovery to the return of what is left
seat, term    who is the ledger: takeover, fencing, one transaction for each batch of answers
reader        `budget-leases` from its beginning, read committed; examination: can the topics be relied on?
hold_check    would the records outlast a hold until the next period?
names, errors what it is called on the cluster; when nothing may be spent

How it holds
------------
A request states totals and has a number, so a copy, a late one and a lost one change nothing. A lease belongs to one
process under a name never used again, and it is committed before it is spent; what is to be given back is not spent
from the moment when that is decided. The ledger's transactional id is fixed: a newer ledger fences an older one before
it reads what there is, so both can never grant at once. For each budget and period, at every moment:

    sum of what all workers, dead or alive, spent and reserved <= sum of all leases <= limit

but for prices above their reservations: those are charged, told to `on_overrun` and, beyond the lease, to the ledger.

What a crash costs
------------------
Nobody knows what a dead worker had spent, so its leases stay charged until their period is over. Of each budget a kill
forfeits at most one part (limit / 100, of a user's budget limit / 8) and twice the most that the worker ever had
reserved at the same time; calls in flight, whose outcome is unknown, are within that. A clean stop gives back all but
calls that it cancelled. Where the broker is away, a worker spends what it has, within the period, and nothing else.

While a budget is all leased out, workers give back what they do not use, so that money is idle for seconds only; at
the end each worker may keep less than one reservation that nobody can use.
"""

from streams.pipeline.ledger.cluster import ClusterBudget
from streams.pipeline.ledger.errors import LedgerUnusable
from streams.pipeline.ledger.hold_check import HoldCheck
from streams.pipeline.ledger.lease_budget import LeaseBudget
from streams.pipeline.ledger.names import LedgerNames

__all__ = ["ClusterBudget", "HoldCheck", "LeaseBudget", "LedgerNames", "LedgerUnusable"]

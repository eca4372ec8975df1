"""Money that cannot be overspent: it is taken before a call and settled after it. Integer nano-USD throughout.

Layout
------
port        `Budget`: reserve, settle, left; `Unlimited`, where no budget is configured
amounts     `groq:0,gemini:10` -> `BudgetLimits`
periods     UTC days and months that never go back
account     one budget in one period
accounts    which accounts a call draws on
reservations  what calls in flight have taken, until it is settled
memory      `MemoryBudget`: the budget of one process
grants      a line of the journal
journal     `FileJournal`: spending survives a restart (import it from there: it needs POSIX locks)
alerts      80, 90, 100 %, told once

What is bounded, and by what
----------------------------
`MemoryBudget`                 spent + reserved <= limit for each budget, at every moment and at any concurrency, as
                               long as the process lives and every reservation is a true upper bound; what an actual
                               price exceeds its reservation by is charged, and told to `on_overrun`
`MemoryBudget` + `FileJournal` the same over restarts and crashes, for all processes that use the file, one at a time
several processes at once      neither: each has its own limits; the cluster's ledger is another `Budget`
"""

from streams.ai.budget.amounts import BudgetLimits
from streams.ai.budget.memory import MemoryBudget
from streams.ai.budget.port import Balance, Budget, Overrun, Reservation, Shortage, Unlimited

__all__ = ["Balance", "Budget", "BudgetLimits", "MemoryBudget", "Overrun", "Reservation", "Shortage", "Unlimited"]

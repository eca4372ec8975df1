"""The cluster's budget: one ledger grants leases, workers spend them, and no budget is exceeded by all together."""

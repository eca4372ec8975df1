"""Usage tables: every attempt and every verdict folded once into windows, by one writer, read by every worker.

Layout, along the way of an event
---------------------------------
names         what it is called on the cluster
term          who is the writer, and its time in office: fence, read the state, fold, write once a second
reading       consumers outside any group, following the compacted topics
events        what is read of a record; where in time it belongs
fold          `Tables`: all state, no Kafka: an event in, changed values out
provider_book one provider's windows; windows: their sums; series: how long they are kept
general_book  users, tasks, ways of deciding: what is not one provider's
recent        ids seen lately: a copy of an event at another offset is not counted
list_price    what a free call would have cost
spent         what budgets' periods have cost
view          `StatsView`: what the compacted topics say; every worker has one
tables        `UsageTables`: seat and view of a worker, from start to stop; build: from the settings

Why no Faust table
------------------
A Faust table's changelog is sent without waiting and apart from the offsets that it stands for, so that a crash
counts twice what came after the last commit; a recovered window never expires; and an app with a table gets another
assignor and holds back all its streams, also the one that verifies records, while tables recover. Here the
state and the offsets folded into it are one value, and all values that changed within a second are one transaction on
compacted topics. A writer fences the one before by its fixed transactional id before it reads the state, and goes on
after the offsets that it finds there: whatever came before is folded, once, whoever died when.

When the writer dies
--------------------
Its seat (`streams.pipeline.seat`) goes to another worker within ten seconds; until then the figures stand still. The
analytics are written every ten seconds even when nothing happens, so that a writer that does not write shows: by their
`at` and `behind`, and as `usage.age` in every worker's log after a minute. One event that cannot be counted is counted
as rejected.

What is bounded
---------------
The models of a provider, the tasks, the users, the workers whose breakers are watched, the ids remembered. A minute
is kept for an hour, an hour for 26, a day and a month until the next but one begins. A late event goes into the windows
that are still kept, and always into days and months of those two.
"""

from streams.pipeline.usage.build import usage_tables
from streams.pipeline.usage.tables import UsageTables

__all__ = ["UsageTables", "usage_tables"]

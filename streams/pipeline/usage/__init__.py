"""Usage tables: every attempt and every verdict folded once into windows, by one writer, read by every worker.

Layout, along the way of an event
---------------------------------
names         what it is called on the cluster
seat          who is the writer: every worker is a candidate
term          a writer's time in office: fence, read the state, fold, write once a second
reading       consumers outside any group, following the compacted topics, going on after failures
events        what is read of a record; where in time it belongs
fold          `Tables`: all state, no Kafka: an event in, changed values out
provider_book one provider's windows; windows: their sums; series: how long they are kept
general_book  users, tasks, ways of deciding: what is not one provider's
recent        ids seen lately: a copy of an event at another offset is not counted
view          `StatsView`: what the compacted topics say; every worker has one
tables        `UsageTables`: seat and view of a worker, from start to stop

Why no Faust table
------------------
A Faust table's changelog is sent without waiting and apart from the offsets that it stands for, so that a crash
counts twice what came after the last commit; a recovered window never expires; and an app with a table gets another
assignor and holds back all its streams, also the one that verifies records, while tables recover. Here the
state and the offsets folded into it are one value, and all values that changed within a second are one transaction on
compacted topics. A writer fences the one before by its fixed transactional id before it reads the state, and goes on
after the offsets that it finds there: whatever came before is folded, once, whoever died when.

What is bounded
---------------
The models of a provider, the tasks, the users, the workers whose breakers are watched, the ids remembered. A minute
is kept for an hour, an hour for 26, a day and a month until the next but one begins. A late event goes into the windows
that are still kept, and always into days and months of those two.
"""

from streams.pipeline.usage.names import UsageNames
from streams.pipeline.usage.tables import UsageTables
from streams.pipeline.usage.term import Work
from streams.pipeline.usage.view import StatsView

__all__ = ["StatsView", "UsageNames", "UsageTables", "Work"]

"""What `fulltext doctor` looks at.

Layout
------
finding      what a check found, how bad it is, what to do
checks       the table of all checks, and running it
environment  settings, variables that are none, versions of what is installed
providers    keys, each provider's own list of models (`--live`), prices, ends of models
extras       packages that only certain settings need
shared_cache the Redis of AI_CACHE_URL
cluster      Kafka, topics, the clock beside the broker's
backlog      what waits for the workers, and how many there are

A check is one coroutine function from a `Subject` to its findings, and a line in the table. It raises UserError
where there is one thing to say; anything else that it raises is reported as a check that failed.
"""

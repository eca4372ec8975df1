"""What a worker tells over HTTP: plain functions from state to answers. Knows nothing of Kafka or Faust.

Layout, in the order a request meets them
-----------------------------------------
listen     the address: loopback by default, a free port, one socket
access     who may ask: the Host header, the bearer token
server     around every page: access first, faults as JSON, the headers that browsers obey
routes     THE table: path -> function, answer, meaning
query      what may stand in a path and behind its question mark
problems   what a client is told when something is wrong
state      `WebState`: the callables that answers are made from
reply      a body with its status and type
stats      what calls came to: `/stats`, `/stats/{provider}`
figures    sums over minutes and hours as they are told
records    records and users of a day and a month: `/stats/users`
cache      what was not asked again
budgets    what may be spent: `/budgets`
provider_health  how the providers are: `/health/ai-providers`
health     how this worker is: `/livez`, `/readyz`
exposition  state -> the samples of `/metrics`
openapi    the OpenAPI 3.1 document, from the table and the models; `openapi.json` is its committed form
page/      the live page: fragments of one HTML document
live_page  puts them together, and hashes the inline ones for the content security policy

`streams.app.pages` gives the pages their state; `streams.pipeline.pages` serves them.
"""

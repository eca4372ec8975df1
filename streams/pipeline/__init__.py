"""KAFKA: records in, verdicts out, nothing lost. The only room that imports Faust.

Layout, along the way of a record
---------------------------------
record        a record and its coordinates
faust_app     Faust's side: the actor, rebalances, stops and crashes
intake        the loop around window and lanes: start, finish, commit, fill holes, watch
lanes         which record starts next: span, flight, one at a time per key
window        one partition's offsets: what may start, what may be committed
judge         one record from bytes to verdict
reader        where a document is read: in the loop, one a turn, or in a pool process
reading, pool decode and examine; processes in which a bad document costs one record
hold          asking through an outage
delivery      sending with the broker's word
dead_letters  the original bytes with reason and coordinates; brake: the share that stops the worker
flow          what goes through this worker, for its pages
verifier      the worker's parts and their life
group         the consumer group as a port, and Faust's consumer behind it
usage         every attempt and verdict folded into figures by one writer
seat          who of all workers does what only one may do; sole_writer: its writes, safe from whoever was it before
again         what follows Kafka for a worker's life outlives a broker that is away
pages         the pages of a worker: Faust's web server on our socket
connection    how every client connects; topics: what exists and how it is made
errors        faults of delivery
"""

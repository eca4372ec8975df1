"""Sending records again, none of them twice.

Layout, along the way of a record
---------------------------------
selection  which records are meant: reasons, verdicts, times, offsets
source     where they are read from: the dead letters or the input topic
letter     a dead letter back to the record that it was; originals: too large ones from where they stood
candidate  a record to be sent again, its origin, the headers that tell of it
copies     sending with the broker's word
journal    what was replayed, on the topic `scraped-content.replays`; cut_off: what a killed run had sent
run        the loop; tally: what became of the records

Not twice
---------
An origin is topic, partition and offset of the input with a digest of the bytes (a topic made anew begins at 0
again). A run takes a fixed transactional id, which fences any other, reads all origins ever noted, and writes its
start with the ends of the input. Then, batch by batch: send, await the broker's word for all, note them in one
transaction. A copy carries its origin and run in headers. The next run finds the start of a run that was cut off
without an end and reads the input from its last note on: what it had sent and not noted is noted now. So:

* one run after another, also after a crash at any point: no record twice, and none left out;
* two at once: the newer one wins. The older one stops at its next note; what it sends more than SETTLE_SECONDS after
  the newer one has come, at most one batch, can be sent by both;
* a retention of the input that is shorter than the time between the crash and the next run forgets the last batch,
  which is then sent again.

A copy of the same bytes has the same `verdict_id`, so even those leave one verdict that counts. A copy that fails
becomes a new dead letter with an origin of its own, and may be replayed in its turn.
"""

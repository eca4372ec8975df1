"""The four providers' wire formats on one loopback port, to develop and test against without a key.

It sees only requests, as the vendors do, and answers a question about a document by looking at the document.

Layout, from the inside out
---------------------------
wire           the values that pass between the parts
models         what is served and what it costs (`models.toml`)
tokens         counting tokens without a tokeniser
filler         any JSON Schema -> a value that obeys it
strict         what strict mode demands of a schema
judge/         what kind of page is it? a simple reader of its own
writer         a reply to a question: judge, filler, tokens
limits         rate limits as headers and refusals
vendors/       one file per wire format
exchange       one request on its way to an answer
faults/        what can go wrong, on demand
desk           fault, answer or objection, and the line of the bill
bill           the vendors' own bill, one JSON line per request
latency        how long a vendor takes
delivery       putting an answer on the wire, well or badly
stats          counts per provider
vendor_server  one vendor's routes
admin          faults, bill and counts at run time
server         `Emulator`
"""

from streams.sandbox.emulator.bill import BillLine, BillUnwritable
from streams.sandbox.emulator.faults import FAULTS, BadFault
from streams.sandbox.emulator.latency import Latency
from streams.sandbox.emulator.limits import Limits
from streams.sandbox.emulator.server import LOOPBACK, Emulator, PortTaken

__all__ = ["FAULTS", "LOOPBACK", "BadFault", "BillLine", "BillUnwritable", "Emulator", "Latency", "Limits", "PortTaken"]

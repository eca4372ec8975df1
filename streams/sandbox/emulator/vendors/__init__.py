"""The wire formats, one file per vendor.

Layout
------
vendor         `Vendor`, what the server needs of each
openai_shaped  what OpenAI, Groq and Azure have in common
openai, groq, azure
               their differences
gemini         Google's own format
gemini_schema  its older dialect of schemas

A further vendor is a file and an entry in `VENDORS`.
"""

from streams.sandbox.emulator.vendors.azure import Azure
from streams.sandbox.emulator.vendors.gemini import Gemini
from streams.sandbox.emulator.vendors.groq import Groq
from streams.sandbox.emulator.vendors.openai import OpenAI
from streams.sandbox.emulator.vendors.vendor import Vendor

VENDORS: tuple[type[Vendor], ...] = (Groq, Gemini, Azure, OpenAI)

__all__ = ["VENDORS", "Azure", "Gemini", "Groq", "OpenAI", "Vendor"]

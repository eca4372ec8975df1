"""What can go wrong, on demand.

Layout
------
script      `Fault` and `Script`: which fault meets which request
registry    `FAULTS`, name -> function
statuses    errors in each vendor's form
transport   answers that do not arrive, or arrive broken
refusals    refusals and content filters
answers     good-looking answers that are wrong
"""

from streams.sandbox.emulator.faults.registry import FAULTS
from streams.sandbox.emulator.faults.script import BadFault, Description, Fault, Script

__all__ = ["FAULTS", "BadFault", "Description", "Fault", "Script"]

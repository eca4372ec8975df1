"""What must never get out, and what must never get in.

Layout
------
canaries        where does a canary key show through, in any encoding?
canary_plugin   looks for them in everything that the suite writes (a pytest plugin, see `tests/conftest.py`)
hostile_server  answers that no vendor gives
memory_probe    a process of its own that asks, and says how much memory that took
"""

"""What must never get out, and what must never get in.

Layout
------
canaries        where does a canary key show through, in any encoding?
canary_plugin   looks for them in everything that the suite writes (a pytest plugin, see `tests/conftest.py`)
hostile_server  answers that no vendor gives
memory_probe    a process of its own that asks, and says how much memory that took
fuzz            bytes that others chose, against every reader of such bytes
corpus          inputs of the fuzzer that were worth keeping
serve_pages     the worker's pages over HTTP, for `web_fuzzing`: schemathesis
static_checks   bandit and detect-secrets; bill_of_materials: the SBOM
__main__        `make security`: those that need programs of their own or time
"""

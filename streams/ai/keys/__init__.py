"""API keys: several per provider, from where they are kept, read again when they change there.

Layout
------
material   what a key looks like; fingerprints instead of keys
source     `KeySource`: the port; keys given as they are
ring       `KeyRing`: one provider's keys in order of use
"""

from streams.ai.keys.material import KeysUnreadable
from streams.ai.keys.ring import KeyRing
from streams.ai.keys.source import KeySource, StaticKeys

__all__ = ["KeyRing", "KeySource", "KeysUnreadable", "StaticKeys"]

"""API keys: several per provider, from where they are kept, read again when they change there.

Layout
------
material   what a key looks like; ids and fingerprints instead of keys
source     `KeySource`: the port; keys given as they are
encrypted  `Cipher`: `enc:` values, with keys of its own that can be rotated (extra `encrypted`)
entries    a text that lists keys, some of them encrypted
files      a file, read again when it changes
aws        AWS Secrets Manager, read again by time (extra `aws`)
build      what a provider's configuration says -> its sources
formats    do the vendors issue keys that look like this?
ring       `KeyRing`: one provider's keys in order of use
"""

from streams.ai.keys.encrypted import Cipher
from streams.ai.keys.material import KeysUnreadable
from streams.ai.keys.ring import KeyRing
from streams.ai.keys.source import ImmediateSource, KeySource, StaticKeys

__all__ = ["Cipher", "ImmediateSource", "KeyRing", "KeySource", "KeysUnreadable", "StaticKeys"]

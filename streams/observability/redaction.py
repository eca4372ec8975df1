"""The last step of every log line: known secrets, and whatever looks like one, become `***`.

It works on the rendered text, so that no field, exception or library's record is written around it. A line costs one
substring search per form of a known secret; a pattern is tried only where one of its `needles` occurs. All patterns
are linear: every repetition is bounded or cannot overlap with what follows it.
"""

import re
from typing import NamedTuple

from streams.known_secrets import KNOWN, KnownSecrets
from streams.observability.encodings import forms_of

MASK = "***"


class Rule(NamedTuple):
    """A secret's looks."""

    needles: tuple[str, ...]
    """Lower case; without any of them in the text the pattern cannot match."""
    pattern: re.Pattern[str]
    replacement: str = MASK


_NAME = r"(?:api[-_]?key|password|passwd|secret|secret[-_]?access[-_]?key|access[-_]?token|auth[-_]?token|token)"
_ENDS = ("key", "password", "passwd", "secret", "token")
_EQUALS = tuple(f"{end}=" for end in _ENDS)
_QUOTED = tuple(f"{end}{mark}" for end in _ENDS for mark in ("'", '"', "\\"))
_COLON = tuple(f"{end}:" for end in _ENDS)
_VALUE = r"[^\s\"'&,;<>\\)\]}]{4,4096}"
RULES = (
    Rule(("sk-",), re.compile(r"(?<![A-Za-z0-9])sk-[A-Za-z0-9_-]{8,}")),  # OpenAI and those who took after it
    Rule(("gsk_",), re.compile(r"(?<![A-Za-z0-9])gsk_[A-Za-z0-9_-]{8,}")),  # Groq
    Rule(("aiza",), re.compile(r"AIza[A-Za-z0-9_-]{16,}")),  # Google
    Rule(("akia", "asia"), re.compile(r"(?<![A-Z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}")),  # AWS key ids
    Rule(("enc:",), re.compile(r"(?<![A-Za-z0-9])enc:[A-Za-z0-9_=-]{16,}")),  # ours: encrypted values
    Rule(
        ("private key",),
        re.compile(r"(-----BEGIN [A-Z ]{0,32}PRIVATE KEY-----)(?:[A-Za-z0-9+/=\s]|\\[nr])*"),
        rf"\1{MASK}",
    ),
    Rule(
        ("authorization",),
        re.compile(r"(?i)(authorization[\"']?\s{0,8}[:=]\s{0,8}[\"']?)(?:[\w-]{1,64} )?[^\s\"',;\\]{4,4096}"),
        rf"\1{MASK}",
    ),
    Rule(("bearer", "basic"), re.compile(r"(?i)\b(bearer|basic)\s{1,8}[\w.~+/=-]{8,}"), rf"\1 {MASK}"),
    Rule(_EQUALS, re.compile(rf"(?i)({_NAME}=[\"']?){_VALUE}"), rf"\1{MASK}"),
    Rule(_QUOTED, re.compile(rf"(?i)({_NAME}\\?[\"']\s{{0,8}}:\s{{0,8}}\\?[\"']){_VALUE}"), rf"\1{MASK}"),
    Rule(_COLON, re.compile(rf"(?i)(?<![\w-])((?:x-[a-z]{{1,16}}-|x-)?{_NAME}:\s{{0,8}}){_VALUE}"), rf"\1{MASK}"),
    Rule(("key=", "sig="), re.compile(r"(?i)([?&](?:key|sig)=)[^&\s\"'\\]{4,4096}"), rf"\1{MASK}"),
    Rule(("://",), re.compile(r"(://[^\s/:@\"']{0,256}:)[^\s/\"']{1,512}@"), rf"\1{MASK}@"),
)


class Redactor:
    """Masks secrets in text; as a structlog processor it stands behind the renderer."""

    def __init__(self, known: KnownSecrets = KNOWN) -> None:
        self._known = known
        self._version = -1
        self._forms: tuple[str, ...] = ()

    def __call__(self, logger: object, method: str, line: str) -> str:
        """Redact a rendered line."""
        return self.redact(line)

    def redact(self, text: str) -> str:
        """`text` without secrets."""
        for form in self._known_forms():
            if form in text:
                text = text.replace(form, MASK)
        lowered = text.lower()
        for rule in RULES:
            if any(needle in lowered for needle in rule.needles):
                text = rule.pattern.sub(rule.replacement, text)
        return text

    def _known_forms(self) -> tuple[str, ...]:
        """The longest first: one secret may be part of another."""
        version = self._known.version
        if version != self._version:
            forms = {form for secret in self._known.values() for form in forms_of(secret)}
            self._forms = tuple(sorted(forms, key=len, reverse=True))
            self._version = version
        return self._forms

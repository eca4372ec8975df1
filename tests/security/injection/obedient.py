"""A model that obeys: whatever demand of any attack it can read in the prompt, it fulfils, with high confidence."""

import json
import re
from collections.abc import Iterable

from streams.verify import Question, Reply
from tests.security.injection.corpus import Attack

_MARKED = re.compile(r"^(⟦[^⟧]*⟧) ?(.*)$")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe0f\U000e0000-\U000e007f]")
FULL_TEXT = {"body_present": True, "same_work": True, "verdict": "full_text", "confidence": 0.99}
HONEST = {"body_present": False, "same_work": True, "verdict": "other", "confidence": 0.9}


class ObedientModel:
    """Reads the prompt that it really got: the document's lines, and the values that the record brought along.

    It knows every attack by heart, so that it understands each one in any encoding that reaches it unchanged.
    """

    def __init__(self, attacks: Iterable[Attack]) -> None:
        self._demands = {_plain(demand) for attack in attacks for demand in attack.demands} - {""}
        self.obeyed = 0
        self.asked = 0

    async def ask(self, question: Question) -> Reply:
        """Full text with quotes from the document, where something demands it; else an honest answer."""
        self.asked += 1
        lines = [match[2] for line in question.user.split("\n") if (match := _MARKED.match(line))]
        title = re.findall(r"^requested_title: (.*)$", question.user, re.MULTILINE)
        answer = FULL_TEXT if self._reads_a_demand("\n".join([*title, *lines])) else HONEST
        longest = sorted(lines, key=len)[-2:]
        self.obeyed += answer is FULL_TEXT
        quotes = [{"text": line[:200], "role": "for"} for line in longest]
        content = json.dumps({**answer, "reasons": ["BODY_PROSE_LONG"], "quotes": quotes})
        return Reply(content, "obedient", "large" if question.earlier else "small", 1)

    def _reads_a_demand(self, text: str) -> bool:
        read = _plain(text)
        return any(demand in read for demand in self._demands)


def _plain(text: str) -> str:
    """With nothing between words but one space, and nothing that cannot be seen."""
    return " ".join(_INVISIBLE.sub("", text).split())

"""An article as title, abstract, sections and references; whole, cut or without its body."""

from dataclasses import dataclass, replace

Section = tuple[str, tuple[str, ...]]
"""A heading (`""`: none) and the paragraphs under it."""


@dataclass(frozen=True)
class Paper:
    """What every rendering shows. `back`: acknowledgements and the like."""

    title: str
    doi: str | None = None
    authors: tuple[str, ...] = ()
    abstract: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    back: tuple[Section, ...] = ()
    references: tuple[str, ...] = ()

    @property
    def body_words(self) -> int:
        """Words of the body's paragraphs."""
        return sum(len(text.split()) for _, texts in self.sections for text in texts)

    def without_body(self) -> "Paper":
        """Front matter, abstract and references: what a landing page or a metadata record has."""
        return replace(self, sections=(), back=())

    def cut(self, share: float) -> "Paper":
        """The first `share` (0..1) of the body's words, stopping in a sentence; nothing after it."""
        left, kept = max(1, int(share * self.body_words)), []
        for heading, texts in self.sections:
            shown = []
            for text in texts:
                words = text.split()
                shown.append(" ".join(words[:left]).rstrip(".!?"))
                left -= len(words)
                if left <= 0:
                    break
                shown[-1] = text
            kept.append((heading, tuple(shown)))
            if left <= 0:
                break
        return replace(self, sections=tuple(kept), back=(), references=())

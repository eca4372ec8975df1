"""A paper out of the blocks of a record, and one that is invented."""

from random import Random

from schemas import ScrapedContent
from streams.verify.blocks import Document
from streams.verify.read import read
from streams.verify.vocabulary import vocabulary
from tests.paper.paper import Paper

_ABSTRACT_WORDS = 450
"""A structured abstract has headings of its own: up to so many words they are not yet the body's."""
_SUBJECTS = ("glacier", "basin", "gauge", "season", "slope", "aquifer", "stream", "valley", "record", "reservoir")
_VERBS = ("delays", "feeds", "crosses", "fills", "shapes", "drains", "holds", "raises", "joins", "characterises")
_OBJECTS = ("meltwater", "storage", "sedimentation", "temperature", "precipitation", "measurement", "discharge")


def paper_of(record: ScrapedContent, *, only_abstract: bool = False) -> Paper:
    """The record's text as a paper. `only_abstract`: it has no body, so all its prose is abstract."""
    return _sorted(read(record), record, only_abstract)


def _sorted(document: Document, record: ScrapedContent, only_abstract: bool) -> Paper:
    place, abstract, back, references = "front", list[str](), list[tuple[str, list[str]]](), list[str]()
    front, sections = list[str](), list[tuple[str, list[str]]]()
    for block in document.blocks:
        if block.kind in {"furniture", "link"}:
            continue
        if block.kind == "heading":
            name = vocabulary().section(block.text)
            place = _next(place, name, block.text, abstract)
            if only_abstract and place == "body":
                place = "abstract"
            {"body": sections, "back": back}.get(place, []).append((block.text, []))
        elif block.kind == "reference" or place == "references":
            references.append(block.text)
        elif place == "front" and (len(block.text.split()) < 40 and len(front) < 12):
            front.append(block.text)
        elif only_abstract or place == "abstract":
            abstract.append(block.text)
        else:
            place = "body" if place == "front" else place
            into = back if place == "back" else sections
            if not into:
                into.append(("", []))
            into[-1][1].append(block.text)
    return Paper(
        title=record.title or (front[0] if front else "Untitled"),
        doi=record.doi,
        authors=tuple(front[1:3]),
        abstract=tuple(abstract),
        sections=tuple((heading, tuple(texts)) for heading, texts in sections),
        back=tuple((heading, tuple(texts)) for heading, texts in back),
        references=tuple(references),
    )


def _next(place: str, name: str | None, heading: str, abstract: list[str]) -> str:
    """Where a heading leads."""
    if name in {"abstract", "references"}:
        return name
    if place == "abstract" and heading.strip().lower() != "introduction":
        held = sum(len(text.split()) for text in abstract)
        return "abstract" if held < _ABSTRACT_WORDS and name in {"introduction", "methods", "results"} else "body"
    return "back" if name == "backmatter" else "body"


def invented(*, paragraphs: int = 5, words: int = 130, seed: int = 7) -> Paper:
    """A complete article about nothing, with citations and twenty references."""
    random = Random(seed)
    names = ("Introduction", "Materials and methods", "Results", "Discussion", "Conclusions")
    return Paper(
        title="Meltwater storage in the upper valleys of an invented range",
        doi="10.5555/invented.2024.17",
        authors=("Ada Example, Ben Sample",),
        abstract=(_prose(random, 140, cite=False),),
        sections=tuple((name, tuple(_prose(random, words) for _ in range(paragraphs))) for name in names),
        back=(
            ("Acknowledgements", ("We thank the keepers of the invented gauges for their patience over the years.",)),
        ),
        references=tuple(
            f"Sample B, Example A. On the {random.choice(_OBJECTS)} of a {random.choice(_SUBJECTS)}. "
            f"Journal of Invented Ice. {1990 + n};{n}: {n}1-{n}9. doi: 10.5555/ice.{n}"
            for n in range(1, 21)
        ),
    )


def _prose(random: Random, words: int, *, cite: bool = True) -> str:
    sentences, count = list[str](), 0
    while count < words:
        pick = random.choice
        text = (
            f"The {pick(_SUBJECTS)} {pick(_VERBS)} the {pick(_OBJECTS)} of the {pick(_SUBJECTS)} "
            f"while another {pick(_SUBJECTS)} {pick(_VERBS)} its {pick(_OBJECTS)} considerably"
        )
        count += len(text.split())
        sentences.append(f"{text} [{random.randint(1, 20)}]." if cite else f"{text}.")
    return " ".join(sentences)

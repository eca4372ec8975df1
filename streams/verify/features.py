"""What the local model knows of a document: numbers with names, units and the reason that each can give."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Feature:
    """What a number means, and the reason that it gives where it speaks for or against full text."""

    unit: str
    speaks_for: str
    speaks_against: str


FEATURES: dict[str, Feature] = {
    "main_words": Feature("words", "BODY_PROSE_LONG", "LITTLE_PROSE"),
    "body_words": Feature("words", "BODY_PROSE_LONG", "LITTLE_PROSE"),
    "abstract_words": Feature("words", "PAGE_SHAPE", "PAGE_SHAPE"),
    "long_line_words": Feature("words", "BODY_PROSE_LONG", "LITTLE_PROSE"),
    "long_lines": Feature("blocks", "BODY_PROSE_LONG", "LITTLE_PROSE"),
    "words_before_references": Feature("words", "BODY_PROSE_LONG", "LITTLE_PROSE"),
    "longest_paragraph": Feature("words", "BODY_PROSE_LONG", "LITTLE_PROSE"),
    "mean_paragraph": Feature("words a prose paragraph", "BODY_PROSE_LONG", "LITTLE_PROSE"),
    "prose_share": Feature("share of words", "BODY_PROSE_LONG", "LITTLE_PROSE"),
    "body_sections": Feature("sections with prose", "BODY_SECTIONS", "FEW_SECTIONS"),
    "named_sections": Feature("headings of body sections", "BODY_SECTIONS", "FEW_SECTIONS"),
    "headings": Feature("headings", "BODY_SECTIONS", "FEW_SECTIONS"),
    "filled_headings": Feature("headings with prose under them", "BODY_SECTIONS", "FEW_SECTIONS"),
    "introduction_words": Feature("words", "BODY_SECTIONS", "FEW_SECTIONS"),
    "closing_words": Feature("words in discussion and conclusion", "BODY_SECTIONS", "ENDS_EARLY"),
    "furthest_section": Feature("place in introduction..conclusion, 0 to 5", "BODY_SECTIONS", "ENDS_EARLY"),
    "backmatter": Feature("0 or 1", "BACKMATTER_PRESENT", "ENDS_EARLY"),
    "references": Feature("entries", "REFERENCES_PRESENT", "FEW_REFERENCES"),
    "reference_share": Feature("share of characters", "REFERENCES_PRESENT", "FEW_REFERENCES"),
    "reference_tail": Feature("share of the last blocks that are references", "REFERENCES_PRESENT", "FEW_REFERENCES"),
    "year_density": Feature("years per 1,000 words", "REFERENCES_PRESENT", "FEW_REFERENCES"),
    "doi_density": Feature("DOIs per 1,000 words", "REFERENCES_PRESENT", "FEW_REFERENCES"),
    "citation_density": Feature("citations per 1,000 words of body", "REFERENCES_PRESENT", "FEW_REFERENCES"),
    "citations": Feature("citations in the body", "REFERENCES_PRESENT", "FEW_REFERENCES"),
    "cited_share": Feature("highest number cited / references, at most 2", "REFERENCES_PRESENT", "FEW_REFERENCES"),
    "figure_mentions": Feature("mentions of figures and tables", "BODY_PROSE_LONG", "LITTLE_PROSE"),
    "captions": Feature("captions", "BODY_PROSE_LONG", "LITTLE_PROSE"),
    "wall_density": Feature("distinct phrases per 100 words", "NO_WALL", "PAYWALL_PHRASE"),
    "wall_phrases": Feature("distinct phrases", "NO_WALL", "PAYWALL_PHRASE"),
    "wall_per_section": Feature("distinct phrases / (1 + body sections)", "NO_WALL", "PAYWALL_PHRASE"),
    "snippet_phrases": Feature("distinct phrases", "NO_WALL", "SECTION_SNIPPETS"),
    "barrier_density": Feature("distinct phrases per 100 words", "NO_WALL", "HTTP_ERROR_TEXT"),
    "truncation_phrases": Feature("distinct phrases", "TAIL_COMPLETE", "TRUNC_MARKER"),
    "contents_phrases": Feature("distinct phrases", "NO_WALL", "TOC_PATTERN"),
    "supplement_phrases": Feature("distinct phrases", "NO_WALL", "SUPPLEMENT_MARKS"),
    "short_item": Feature("0 or 1", "SHORT_ITEM_TYPE", "PAGE_SHAPE"),
    "page_ranges": Feature("lines ending in a range of pages", "PAGE_SHAPE", "PAGE_SHAPE"),
    "link_share": Feature("share of characters", "PAGE_SHAPE", "PAGE_SHAPE"),
    "short_line_share": Feature("share of blocks under 8 words", "PAGE_SHAPE", "PAGE_SHAPE"),
    "sentence_end_share": Feature("share of prose blocks", "TAIL_COMPLETE", "TAIL_MID_SENTENCE"),
    "tail_clean": Feature("0 or 1", "TAIL_COMPLETE", "TAIL_MID_SENTENCE"),
    "tail_cut": Feature("0 or 1", "TAIL_COMPLETE", "TAIL_MID_SENTENCE"),
    "tail_marker": Feature("0 or 1", "TAIL_COMPLETE", "TRUNC_MARKER"),
    "last_prose_clean": Feature("0 or 1", "TAIL_COMPLETE", "TAIL_MID_SENTENCE"),
    "last_block_clean": Feature("0 or 1", "TAIL_COMPLETE", "TAIL_MID_SENTENCE"),
    "words_after_prose": Feature("words", "BACKMATTER_PRESENT", "ENDS_EARLY"),
    "words_after_heading": Feature("words of prose under the last heading", "TAIL_COMPLETE", "ENDS_EARLY"),
    "title_match": Feature("share of words; 0.8 where none was given", "TITLE_MATCH", "TITLE_MISMATCH"),
    "title_echo": Feature("share of words found in the body", "TITLE_MATCH", "TITLE_MISMATCH"),
    "odd_share": Feature("share of words", "PAGE_SHAPE", "PAGE_SHAPE"),
    "markup_open": Feature("0 or 1", "TAIL_COMPLETE", "HTML_UNCLOSED"),
}
"""Name -> its meaning, in the order in which a model was trained on them."""

"""Reason codes: stable strings, what each weighs (positive speaks for full text) and what it says to a person."""

from schemas import Reason

REASONS: dict[str, tuple[float, str]] = {
    "BODY_SECTIONS": (2.0, "Several sections of an article's body carry text."),
    "BODY_PROSE_LONG": (2.0, "There is long prose outside the abstract."),
    "REFERENCES_PRESENT": (0.5, "A reference list is present."),
    "BACKMATTER_PRESENT": (0.5, "Acknowledgements, funding or the like follow the body."),
    "TAIL_COMPLETE": (1.0, "The text comes to an end."),
    "TITLE_MATCH": (0.5, "The title is the one that was asked for."),
    "STRUCTURED_BODY": (3.0, "The XML has a body."),
    "SHORT_ITEM_TYPE": (0.5, "A correction, letter or the like is short by nature."),
    "SOFT_OVERLAY_BUT_BODY": (0.5, "A subscription or cookie banner stands over a complete body."),
    "ABSTRACT_ONLY_LENGTH": (-2.0, "There is an abstract and nothing after it."),
    "NO_BODY_HEADINGS": (-1.0, "No section of a body is there."),
    "NO_BODY": (-3.0, "The body is not there."),
    "REFS_WITHOUT_BODY": (-2.0, "References follow the abstract, without a body between them."),
    "PAYWALL_PHRASE": (-2.0, "The page asks for money or a subscription."),
    "ACCESS_OPTIONS_BLOCK": (-1.5, "The page offers ways to buy or get access."),
    "SECTION_SNIPPETS": (-2.0, "Only the beginnings of sections are shown."),
    "LOGIN_FORM": (-2.0, "The page asks the reader to sign in."),
    "CONSENT_DENSE": (-2.0, "The page is a question about cookies."),
    "BOT_CHECK": (-3.0, "The page checks whether the reader is human."),
    "JS_SHELL": (-3.0, "The page is an empty shell that scripts would fill."),
    "HTTP_ERROR_TEXT": (-3.0, "The page reports an error."),
    "PAGE_TITLE": (-3.0, "The page's own title is a message, not the name of a work."),
    "HTTP_STATUS": (-3.0, "The server answered with an error status."),
    "EMPTY": (-3.0, "There is no text."),
    "NOT_LOADED": (-2.0, "The page says that the text is still loading."),
    "TRUNC_MARKER": (-2.0, "A mark says that the text goes on elsewhere."),
    "TAIL_MID_SENTENCE": (-2.0, "The text stops in the middle of a sentence."),
    "CHAR_CAP_LENGTH": (-1.5, "The text stops in mid-sentence at a round length."),
    "HTML_UNCLOSED": (-1.5, "The markup ends before its last elements are closed."),
    "LATE_CUT": (-1.5, "The last parts of an article are missing."),
    "TITLE_MISMATCH": (-2.0, "The text is another work than the one asked for."),
    "SUPPLEMENT_MARKS": (-2.0, "It is a supplement, not the article."),
    "TOC_PATTERN": (-2.0, "It is a list of contents."),
    "METADATA_PAGE": (-2.0, "It describes the article and links to it."),
    "NOT_AN_ARTICLE": (-2.0, "It is another kind of page."),
    "GARBLED_TEXT": (-3.0, "The text cannot be read."),
    "PDF_NO_TEXT": (-3.0, "The PDF has pages but no text layer."),
    "PDF_ENCRYPTED": (-3.0, "The PDF is locked with a password."),
    "PDF_BROKEN": (-3.0, "The PDF cannot be opened."),
    "BINARY_CONTENT": (-3.0, "The bytes are neither text nor a format that can be read."),
    "INJECTION_SUSPECT": (0.0, "Some text speaks to a model instead of a reader."),
    # Said by us, never by a model.
    "LOCAL_MODEL": (0.0, "The small local model decided, on what was counted."),
    "LITTLE_PROSE": (-1.0, "There is less prose, or it stands closer to other text, than in a full text."),
    "FEW_SECTIONS": (-1.0, "The sections of a body are few, or hold little."),
    "ENDS_EARLY": (-1.0, "What closes an article is missing or short."),
    "FEW_REFERENCES": (-0.5, "References and citations are not as in a full text."),
    "NO_WALL": (0.5, "There are few or no signs of a wall, a check or an error."),
    "PAGE_SHAPE": (0.0, "Lines and links are spread as in other pages of this kind."),
    "CAPPED": (0.0, "The document is very large; only a part was read."),
    "QUOTE_NOT_FOUND": (0.0, "The model quoted what does not stand in the text."),
    "ANSWER_INCONSISTENT": (0.0, "The model's answer contradicts itself."),
    "CONTRADICTS_LOCAL": (0.0, "The model said full text against what was counted in it."),
    "LOW_CONFIDENCE": (0.0, "The model was not sure enough."),
    "SECOND_OPINION": (0.0, "A stronger model was asked as well."),
    "NO_SECOND_OPINION": (0.0, "A stronger model should have been asked and could not be."),
    "BAD_ANSWER": (0.0, "The model's answer did not keep to the schema."),
    "ALL_ATTEMPTS_FAILED": (0.0, "No AI provider gave an answer."),
    "NO_PROVIDER_ADMITS": (0.0, "No AI provider could be asked."),
    "NO_PROVIDER_ALLOWED": (0.0, "No AI provider may see this record."),
    "NO_PROVIDER_CONFIGURED": (0.0, "No AI provider is configured."),
    "INVALID_REQUEST": (0.0, "The question could not be put to an AI provider."),
    "DEADLINE": (0.0, "The time for this record was up."),
}
"""Code -> (weight, one sentence)."""

_OURS = frozenset(
    {
        "LOCAL_MODEL",
        "LITTLE_PROSE",
        "FEW_SECTIONS",
        "ENDS_EARLY",
        "FEW_REFERENCES",
        "NO_WALL",
        "PAGE_SHAPE",
        "CAPPED",
        "QUOTE_NOT_FOUND",
        "ANSWER_INCONSISTENT",
        "CONTRADICTS_LOCAL",
        "LOW_CONFIDENCE",
        "SECOND_OPINION",
        "NO_SECOND_OPINION",
        "BAD_ANSWER",
        "ALL_ATTEMPTS_FAILED",
        "NO_PROVIDER_ADMITS",
        "NO_PROVIDER_ALLOWED",
        "NO_PROVIDER_CONFIGURED",
        "INVALID_REQUEST",
        "DEADLINE",
        "HTTP_STATUS",
        "PAGE_TITLE",
        "PDF_NO_TEXT",
        "PDF_ENCRYPTED",
        "PDF_BROKEN",
        "BINARY_CONTENT",
        "EMPTY",
    }
)

MODEL_REASONS: tuple[str, ...] = tuple(code for code in REASONS if code not in _OURS)
"""The codes that a model may give."""


def reason(code: str, detail: str | None = None, *, weight: float | None = None) -> Reason:
    """A reason with its usual weight or its own; an unknown code (a caller's own) weighs nothing."""
    usual, sentence = REASONS.get(code, (0.0, ""))
    return Reason(code=code, weight=usual if weight is None else weight, detail=detail or sentence or None)

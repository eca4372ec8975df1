"""IS IT FULL TEXT?  Pure: a document goes in, a verdict or a question for a model comes out.

    examination = examine(record)                  # read, count, certain rules
    examination.verdict                            # decided here, at no cost; or
    await judged(examination, ask)                 # ask, conclude, and once more where that is not enough

Layout, in the order in which a record meets them
-------------------------------------------------
verifier     all steps in one call: `verify_document`
warm         what is otherwise loaded on first use
examination  `examine`: from a record to a verdict or a question
identity     content id, digest, verdict id; is it the work that was asked for
read, sniff  what kind of document it is, and its one reader in `readers/`; `encodings` of bytes
blocks       what every reader makes: blocks of text with their offsets
limits       how much of a hostile document is looked at
evidence     what can be counted; with `tail`, `garbling`, `language`, `wording`
vocabulary   phrases and section names, one table per language in `phrases/`; `phrasebook` looks them up in a text
rules        the certain rules in order; `rules_unreadable`, `rules_pages`, `rules_articles`, `decision`
excerpt      what a model is shown, behind a random mark that the document does not contain; `tokens` bounds it
question     figures, excerpts, instructions (`prompts/`) and the closed answer schema
answer       strict reading of what comes back; `quotes` finds its quotes in the text
trust        when a model's `full_text` is not believed
injection    notes who tries to talk to a model, in `disguise` too
conclusion   `conclude` and `undetermined`: from an answer, or from none, to a verdict
opinions     `judged`: when a second, stronger model is asked, and which answer stands
reasons      reason codes, their weights and what they say to a person
sections     a document at a glance, for people
policy       the thresholds, and the version that names them
errors       `BadAnswer`, `NoAnswer`
"""

from streams.verify.answer import is_answer
from streams.verify.conclusion import Reply, conclude, undetermined
from streams.verify.errors import BadAnswer, NoAnswer
from streams.verify.examination import Examination, examine
from streams.verify.opinions import Ask, judged
from streams.verify.policy import Policy
from streams.verify.question import Earlier, Question
from streams.verify.verifier import verify_document
from streams.verify.warm import warm_up

__all__ = [
    "Ask",
    "BadAnswer",
    "Earlier",
    "Examination",
    "NoAnswer",
    "Policy",
    "Question",
    "Reply",
    "conclude",
    "examine",
    "is_answer",
    "judged",
    "undetermined",
    "verify_document",
    "warm_up",
]

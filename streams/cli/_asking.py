"""The verdict on what the local rules left open, for commands that work without Kafka."""

from collections.abc import Awaitable, Callable

from schemas import FulltextVerdict
from streams.verify import BadAnswer, Examination, Question, Reply, conclude, undetermined


async def answered(examination: Examination, ask: Callable[[Question], Awaitable[Reply]]) -> FulltextVerdict:
    """The model's verdict, or `undetermined` with the sentence that says what to do. Raises NoProviderConfigured."""
    from streams.ai.errors import AllProvidersFailed, NoProviderAdmits

    assert examination.question is not None  # noqa: S101  # an examination has a verdict or a question
    try:
        reply = await ask(examination.question)
    except NoProviderAdmits as error:
        return undetermined(examination, "NO_PROVIDER_ADMITS", str(error))
    except AllProvidersFailed as error:
        return undetermined(examination, "ALL_ATTEMPTS_FAILED", str(error), error.attempts)
    try:
        return conclude(examination, reply)
    except BadAnswer as error:
        return undetermined(examination, "BAD_ANSWER", str(error), reply.attempts)

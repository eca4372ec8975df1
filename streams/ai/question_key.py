"""When are two questions the same? When everything a model reads, and everything that shapes its answer, is equal."""

from hashlib import blake2b

import orjson

from streams.ai.options import CompletionOptions


def question_key(prompt: str, options: CompletionOptions) -> bytes:
    """32 bytes of BLAKE2b over the question; who asks it, and which provider answers, make no difference.

    A prompt that has a fingerprint is taken by that, and never for a prompt of the same words.

    The schema is taken in its own order: models write an object's properties in the order of the schema, so another
    order is another question. Raises TypeError for a schema that is not JSON.
    """
    asked = (
        options.task,
        options.prompt_version,
        options.system,
        prompt if options.fingerprint is None else [options.fingerprint],
        options.schema,
        options.schema_name,
        options.model,
        options.max_tokens,
        float(options.temperature),
    )
    return blake2b(orjson.dumps(asked), digest_size=32).digest()

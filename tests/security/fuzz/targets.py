"""All targets, by name."""

from tests.security.fuzz import documents, operators, providers, topics
from tests.security.fuzz.target import Target

TARGETS: dict[str, Target] = {
    target.name: target for target in (*documents.TARGETS, *providers.TARGETS, *operators.TARGETS, *topics.TARGETS)
}

"""What each check of `fulltext doctor` finds, and what it says to do."""

from datetime import UTC, datetime, timedelta

import pytest

from streams.ai.models import Catalogue
from streams.ai.pricing import PriceBook
from streams.cli.doctoring import backlog, checks, environment, extras, providers
from streams.cli.doctoring.checks import CHECKS, Check, examine
from streams.cli.doctoring.cluster import _of_difference
from streams.cli.doctoring.finding import Finding, Subject
from streams.clock import ManualClock
from streams.pipeline.topics import Difference
from streams.settings import load

GROQ = "gsk_" + "a" * 48


def subject(day=None, **settings):
    """Settings of a test, looked at on a day."""
    return Subject(load(**settings), clock=ManualClock(day or datetime(2026, 11, 24, tzinfo=UTC)))


def levels(findings):
    """How bad each one is."""
    return [one.level for one in findings]


async def test_a_key_is_needed_and_its_form_is_looked_at():
    """None at all must be mended; one of an odd form is a note; the key itself is in no finding."""
    (none,) = await providers.keys(subject())
    assert (none.level, none.setting) == ("act", "GROQ_API_KEY")
    (good,) = await providers.keys(subject(groq_api_key=GROQ))
    assert (good.level, good.setting) == ("good", "GROQ_API_KEY")
    (odd,) = await providers.keys(subject(openai_api_key="not-like-theirs"))
    assert (odd.level, odd.setting) == ("note", "OPENAI_API_KEY")
    assert not any(key in str(one) for one in (good, odd) for key in (GROQ, "not-like-theirs"))


async def test_a_key_that_cannot_be_opened_must_be_mended():
    """An encrypted value without what opens it names its variable."""
    found = await providers.keys(subject(groq_api_key="enc:gAAAA"))
    assert "act" in levels(found)
    assert {one.setting for one in found} == {"GROQ_API_KEY"}


async def test_a_model_without_a_price_must_be_mended_and_an_old_price_in_the_end_too():
    """Only providers with a key are looked at; the remedy lists the models that have a price."""
    assert await providers.prices(subject(groq_model="mystery")) == []
    (unknown,) = await providers.prices(subject(groq_model="mystery", groq_api_key=GROQ))
    assert (unknown.level, unknown.setting) == ("act", "GROQ_MODEL")
    assert "openai/gpt-oss-20b" in unknown.remedy
    checked = next(one.checked for one in PriceBook.load() if one.provider == "groq")
    start = datetime(checked.year, checked.month, checked.day, tzinfo=UTC)
    for days, level in [(10, "good"), (70, "note"), (200, "act")]:
        (found,) = await providers.prices(subject(start + timedelta(days=days), groq_api_key=GROQ))
        assert (found.level, str(days) in found.message) == (level, True)


async def test_a_model_that_ends_is_told_with_its_successor():
    """A note 90 days before, to be mended 30 days before and ever after."""
    ending = next(one for one in Catalogue.load() if one.provider == "gemini" and one.end_of_life and one.successor)
    end = datetime(*ending.end_of_life.timetuple()[:3], tzinfo=UTC)
    for days, level in [(100, "good"), (60, "note"), (20, "act"), (-5, "act")]:
        day = end - timedelta(days=days)
        (found,) = await providers.models(subject(day, gemini_api_key="AIza" + "x" * 35, gemini_model=ending.name))
        assert found.level == level, (days, found)
    assert (found.setting, found.remedy) == ("GEMINI_MODEL", f"set it to {ending.successor}")


async def test_another_version_than_the_pin_and_a_missing_extra_must_be_mended(monkeypatch):
    """Each with the command that mends it."""
    (good,) = await environment.versions(subject())
    assert good.level == "good"
    real = environment.version

    def other(name):
        if name == "redis":
            raise environment.PackageNotFoundError(name)
        return "0.13.0" if name == "aiokafka" else real(name)

    for module in (environment, extras):
        monkeypatch.setattr(module, "version", other)
    found = await environment.versions(subject(ai_cache_url="redis://127.0.0.1/0"))
    assert levels(found) == ["act", "act"]
    assert found[0].remedy == "pip install 'aiokafka==0.14.0'"
    assert (found[1].setting, "[cache]" in found[1].remedy) == ("AI_CACHE_URL", True)


def test_each_extra_that_settings_need_is_missed(monkeypatch):
    """By a setting of its own, or by what a key begins with; and one that nothing needs is not."""

    def nothing(name):
        raise extras.PackageNotFoundError(name)

    monkeypatch.setattr(extras, "version", nothing)
    assert list(extras.missing_extras(load())) == []
    needing = load(
        ai_cache_url="redis://127.0.0.1/0",
        otel_exporter_otlp_endpoint="http://127.0.0.1:4318",
        groq_api_key="enc:abc",
        openai_api_key="aws-sm:keys",
    )
    found = {one.setting: one.remedy for one in extras.missing_extras(needing)}
    assert found == {
        "AI_CACHE_URL": "pip install 'fulltext-streams[cache]'",
        "OTEL_EXPORTER_OTLP_ENDPOINT": "pip install 'fulltext-streams[otel]'",
        "GROQ_API_KEY": "pip install 'fulltext-streams[encrypted]'",
        "OPENAI_API_KEY": "pip install 'fulltext-streams[aws]'",
    }


@pytest.mark.parametrize(
    ("workers", "waiting", "level", "remedy"),
    [
        (2, 900, "good", ""),
        (0, 0, "good", ""),
        (0, 1, "note", "start `fulltext worker`"),
        (2, 5_000, "note", "more workers, up to one a partition"),
        (3, 0, "note", "stop some, or add partitions: there are 2"),
    ],
)
def test_a_backlog_is_told_with_what_helps(workers, waiting, level, remedy):
    """How many records wait and for how many workers; it stops no deployment, so it is a note at most."""
    partitions = [backlog.Partition(10, 20 + waiting, 20), backlog.Partition(0, 0, None)]
    (found,) = backlog.of_lag("fulltext", workers, partitions)
    assert (found.level, remedy in found.remedy, bool(found.remedy)) == (level, True, bool(remedy))
    assert found.message.startswith(f"{waiting} records wait; {workers} workers")


def test_records_that_retention_deleted_before_they_were_judged_are_lost():
    """Counted as lost and not as waiting; before the first commit nothing is known of any."""
    gone, fresh = backlog.Partition(100, 120, 70), backlog.Partition(100, 120, None)
    assert (gone.lost, gone.waiting, fresh.lost, fresh.waiting) == (30, 20, 0, 20)
    (found,) = backlog.of_loss("scraped-content", [gone, fresh])
    assert (found.level, found.message.split(" ")[0]) == ("act", "30")
    assert "retention.ms" in found.remedy
    assert backlog.of_loss("scraped-content", [fresh]) == []


async def test_a_slip_in_a_name_is_noticed(monkeypatch):
    """A variable that is nearly a setting is named with what was meant; foreign ones are not."""
    monkeypatch.setenv("GROQ_API_KEYS", GROQ)
    monkeypatch.setenv("OPENAI_ORG_ID", "x")
    monkeypatch.setenv("GEMINI_API_KEY", "a")
    monkeypatch.setenv("GEMINI_API_KEY_FILE", __file__)
    slip, twice = await environment.variables(subject())
    assert (slip.setting, slip.remedy) == ("GROQ_API_KEYS", "did you mean GROQ_API_KEY?")
    assert twice.setting == "GEMINI_API_KEY"


@pytest.mark.parametrize(
    ("settings", "variable"),
    [
        ({"ai_daily_budget_usd": "groq:lots"}, "AI_DAILY_BUDGET_USD"),
        ({"ai_provider_priority": "nobody"}, "AI_PROVIDER_PRIORITY"),
        ({"web_host": "0.0.0.0"}, "WEB_TOKEN"),  # noqa: S104
    ],
)
async def test_a_bad_setting_is_named_and_what_needs_it_is_left_out(settings, variable):
    """The finding has the variable; keys, prices and models are not looked at, Kafka is."""
    found = await examine(subject(**settings))
    assert [(one.level, one.setting) for one in found["settings"]] == [("act", variable)]
    assert "first mend settings" in found["prices"][0].message
    assert found["kafka"][0].setting == "KAFKA_BOOTSTRAP_SERVERS"
    assert list(found) == [check.name for check in CHECKS]


async def test_a_check_that_breaks_hides_no_other(monkeypatch):
    """It is reported by the kind of its error alone, whose text might hold anything."""

    async def broken(_subject):
        raise ValueError(GROQ)

    async def good(_subject):
        return [Finding("good", "fine")]

    monkeypatch.setattr(checks, "CHECKS", (Check("a", broken), Check("b", good)))
    found = await examine(subject())
    assert (levels(found["a"]), levels(found["b"])) == (["act"], ["good"])
    assert GROQ not in str(found)


@pytest.mark.parametrize(
    ("setting", "wanted", "found", "single", "level"),
    [
        ("partitions", "4", "8", False, "note"),
        ("partitions", "1", "4", True, "act"),
        ("cleanup.policy", "compact", "delete", True, "act"),
        ("retention.ms", "1000", "500", False, "act"),
        ("retention.ms", "1000", "-1", False, "note"),
        ("max.message.bytes", "9000", "1000", False, "act"),
        ("segment.bytes", "1", "2", True, "note"),
    ],
)
def test_what_loses_records_must_be_mended(setting, wanted, found, single, level):
    """A shorter retention, a smaller limit, a state that is not kept; more than wanted is only told."""
    odd = Difference("t", setting, wanted, found)
    told = _of_difference(odd, single, subject(kafka_bootstrap_servers="b:1"))
    assert told.level == level
    assert told.remedy

"""Every setting, from the environment only; `.env.example` and docs/configuration.md are kept equal to this by tests.

A secret may also come from a file: `GROQ_API_KEY_FILE=/run/secrets/groq` (the file's content, stripped). It is then a
`SecretFile`, which knows its path: whoever uses a key for long reads it again when the file changes.
"""

import os
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from streams.errors import SettingsError
from streams.known_secrets import learn

ProviderName = Literal["groq", "gemini", "azure", "openai", "compatible"]
DEFAULT_PRIORITY = "groq,gemini,azure,openai"
_KEYS = "One or several, separated by commas; the next is used when one is refused or throttled."
_BASE = "Where it is asked; https at a public address unless AI_ALLOW_PRIVATE_ENDPOINTS."
_MODEL = "Decides quality and price."


class SecretFile(SecretStr):
    """A secret that was read from the regular file at `path`."""

    def __init__(self, secret: str, path: Path) -> None:
        super().__init__(secret)
        self.path = path


class Settings(BaseSettings):
    """One frozen object; field `groq_api_key` is the variable `GROQ_API_KEY`. An empty variable is an unset one."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True, hide_input_in_errors=True)

    # Kafka
    kafka_bootstrap_servers: str | None = Field(
        None, description="Brokers, `host:port[,host:port]`; only the demo needs none."
    )
    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        "PLAINTEXT", description="How brokers are spoken to."
    )
    kafka_sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field(
        "SCRAM-SHA-512", description="With the two SASL protocols."
    )
    kafka_sasl_username: str | None = Field(None, description="With the two SASL protocols.")
    kafka_sasl_password: SecretStr | None = Field(None, description="With the two SASL protocols.")
    kafka_ssl_cafile: Path | None = Field(None, description="CA bundle; unset: the system's.")
    kafka_ssl_certfile: Path | None = Field(None, description="Client certificate.")
    kafka_ssl_keyfile: Path | None = Field(None, description="Client key.")
    kafka_group_id: str = Field("fulltext", min_length=1, description="Consumer group; also the Faust app id.")
    kafka_topic_prefix: str = Field("", pattern=r"^[A-Za-z0-9._-]*$", description="Put before every topic name.")
    kafka_partitions: int = Field(4, ge=1, le=10_000, description="Of scraped-content when `fulltext topics` makes it.")
    kafka_replication_factor: int = Field(-1, ge=-1, description="-1: the broker's default.")
    kafka_session_timeout_seconds: float = Field(45, gt=0, description="A worker silent for so long loses its work.")
    kafka_max_poll_interval_seconds: float = Field(
        1_800, gt=0, description="A worker that takes no records for so long is thought to be stuck."
    )

    # Providers
    ai_provider_priority: str = Field(DEFAULT_PRIORITY, description="Order of the chain, cheapest first.")
    groq_api_key: SecretStr | None = Field(None, description=_KEYS)
    groq_base_url: str = Field("https://api.groq.com/openai/v1", description=_BASE)
    groq_model: str = Field("openai/gpt-oss-20b", description=_MODEL)
    groq_tier: Literal["free", "paid"] = Field(
        "free", description="free: a key without billing, whose calls cost nothing."
    )
    gemini_api_key: SecretStr | None = Field(None, description=_KEYS)
    gemini_base_url: str = Field("https://generativelanguage.googleapis.com/v1beta", description=_BASE)
    gemini_model: str = Field("gemini-2.5-flash-lite", description=_MODEL)
    azure_openai_api_key: SecretStr | None = Field(None, description=_KEYS)
    azure_openai_endpoint: str | None = Field(None, description="`https://<resource>.openai.azure.com`.")
    azure_openai_deployment: str | None = Field(None, description="Name of your deployment.")
    azure_openai_model: str = Field("gpt-4.1-nano", description="Model behind the deployment: decides its price.")
    azure_openai_api_version: str = Field("v1", description="v1, or a dated version for the deployment paths.")
    openai_api_key: SecretStr | None = Field(None, description=_KEYS)
    openai_base_url: str = Field("https://api.openai.com/v1", description=_BASE)
    openai_model: str = Field("gpt-6-luna", description=_MODEL)
    compatible_base_url: str | None = Field(None, description="Any OpenAI-compatible server, e.g. Ollama or vLLM.")
    compatible_api_key: SecretStr | None = Field(None, description="Where the server asks for one.")
    compatible_model: str | None = Field(None, description="As the server calls it.")
    ai_allow_private_endpoints: bool = Field(False, description="Allow http and private addresses as base URLs.")
    ai_requests_per_minute: int | None = Field(None, ge=1, description="Questions to providers, of all users.")
    ai_user_requests_per_minute: int | None = Field(None, ge=1, description="Questions to providers, of one user.")
    secrets_encryption_key: SecretStr | None = Field(None, description="Opens enc: values; the first one encrypts.")
    ai_cache_url: SecretStr | None = Field(None, description="Redis for answers that workers share.")
    ai_cache_ttl_seconds: float = Field(86_400, gt=0, le=31_536_000, description="How long an answer is used again.")
    ai_cache_max_bytes: int = Field(64 * 1024 * 1024, ge=1024, description="Of answers in each worker's memory.")

    # Budgets
    ai_daily_budget_usd: str | None = Field(
        None, description="By provider, `global` is all together: groq:0,gemini:10,global:20; unset: no limit."
    )
    ai_monthly_budget_usd: str | None = Field(None, description="The same for a UTC month.")
    ai_user_daily_budget_usd: str | None = Field(None, description="For each user_id, e.g. 0.50.")
    ai_budget_journal: Path | None = Field(
        None, description="Where one process keeps what it spent over restarts; a worker's is on Kafka."
    )

    # Verification
    verify_local_tier: Literal["on", "off"] = Field("on", description="off: ask a model about every record.")
    verify_second_opinion: Literal["on", "off"] = Field("on", description="Ask a stronger model where one is not sure.")
    verify_max_in_flight: int = Field(256, ge=1, le=10_000, description="Records asked about at the same time.")
    verify_window: int | None = Field(
        None, ge=1, description="Span of offsets per partition; bounds what a kill redoes. Unset: 8x in flight."
    )
    verify_record_deadline_seconds: float = Field(
        60, gt=0, description="To get one record answered; stands still in a hold."
    )
    verify_on_outage: Literal["hold", "undetermined"] = Field(
        "hold", description="When no provider admits a call: wait, or give that verdict at once."
    )
    verify_max_record_bytes: int = Field(8 * 1024 * 1024, ge=1024, description="Larger records are dead letters.")
    verify_pool_processes: int = Field(1, ge=1, le=64, description="Processes that read heavy documents.")
    verify_drain_seconds: float = Field(5, ge=0, description="Grace for work in flight at a stop or rebalance.")

    # Dead letters
    dlq_max_ratio: float = Field(0.5, gt=0, le=1, description="A larger share of bad records stops the worker.")
    dlq_min_records: int = Field(200, ge=1, description="No brake before so many records.")

    # Alerts
    alert_webhook_url: SecretStr | None = Field(
        None, description="Alerts are posted here as JSON; Slack's kind will do."
    )

    # Web
    web_host: str = Field("127.0.0.1", description="Address of the pages; another one than loopback needs WEB_TOKEN.")
    web_port: int = Field(6066, ge=0, le=65_535, description="0: any free one. Unset: the next free one from 6066 on.")
    web_token: SecretStr | None = Field(None, description="Asked for as `Authorization: Bearer <token>`.")

    # Logs
    log_format: Literal["console", "json"] = Field("console", description="console: for people; json: a line an event.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="And whatever is graver.")

    # Traces
    otel_exporter_otlp_endpoint: str | None = Field(None, description="OTLP collector; unset: no traces are made.")
    otel_service_name: str = Field("fulltext", min_length=1, description="Whose traces they are.")

    @property
    def window(self) -> int:
        """Span of offsets per partition, in records."""
        return self.verify_window or 8 * self.verify_max_in_flight

    def topic(self, name: str) -> str:
        """The topic's name in this cluster, prefix included."""
        return f"{self.kafka_topic_prefix}{name}"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments first, then the environment, then `<NAME>_FILE`."""
        return init_settings, env_settings, _SecretFiles(settings_cls)


class _SecretFiles(PydanticBaseSettingsSource):
    """Reads a secret from the file that `<NAME>_FILE` names."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        variable = f"{field_name.upper()}_FILE"
        path = os.environ.get(variable)
        if not path or "SecretStr" not in str(field.annotation):
            return None, field_name, False
        try:
            text = Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(variable, f"cannot read {path} ({type(error).__name__})") from None
        # a pipe can be read only once: its secret is one without a path
        secret = SecretFile(text, Path(path)) if Path(path).is_file() else SecretStr(text)
        return secret, field_name, False

    def __call__(self) -> dict[str, Any]:
        fields = self.settings_cls.model_fields
        values = {name: self.get_field_value(field, name)[0] for name, field in fields.items()}
        return {name: value for name, value in values.items() if value}


def load(**overrides: Any) -> Settings:
    """The settings of this process. Raises SettingsError naming the first bad variable, never its value."""
    try:
        settings = Settings(**overrides)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        variable = str(first["loc"][0]).upper() if first["loc"] else "settings"
        raise SettingsError(variable, first["msg"]) from None
    learn(*(value for _, value in settings if isinstance(value, SecretStr)))
    return settings

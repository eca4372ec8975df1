"""Faust is told everything by us."""

import pytest

from streams.app import build_app
from streams.settings import load


def test_no_variable_of_fausts_own_wins_over_our_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Faust would read WEB_PORT, which is ours and may be 0, and others that switch its guarantees."""
    for name, value in {
        "WEB_PORT": "0",
        "PROCESSING_GUARANTEE": "exactly_once",
        "STREAM_WAIT_EMPTY": "1",
        "BROKER_SESSION_TIMEOUT": "1",
        "APP_WEB_TABLES_ENABLED": "1",
    }.items():
        monkeypatch.setenv(name, value)
    app = build_app(load(kafka_bootstrap_servers="127.0.0.1:1", groq_api_key="k"))
    assert app.conf.processing_guarantee.value == "at_least_once"
    assert not app.conf.stream_wait_empty
    assert (
        app.conf.broker_session_timeout == app.conf.broker_heartbeat_interval * 3 or app.conf.broker_session_timeout > 1
    )
    assert not app.conf.web_enabled

"""A worker's pages, read by a command."""

import http.client
import json
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, Request, build_opener

from streams.errors import UserError
from streams.settings import Settings

_SECONDS = 10.0
_DIRECT = build_opener(ProxyHandler({}))
"""No proxy of the environment stands between a worker and us."""


class NoWorker(UserError):
    """Nobody answers there, or not as a worker does."""


class WorkerPages:
    """At `url`, or where a worker with these settings serves its pages."""

    def __init__(self, settings: Settings, url: str | None) -> None:
        host = settings.web_host
        self.url = (url or f"http://{f'[{host}]' if ':' in host else host}:{settings.web_port or 6066}").rstrip("/")
        if urlsplit(self.url).scheme not in ("http", "https"):
            raise NoWorker(f"{self.url} is no address of a worker; give one like http://127.0.0.1:6066/")
        self._token = settings.web_token

    def read(self, path: str) -> dict[str, Any]:
        """The JSON at `path`. Raises NoWorker."""
        headers = {"Authorization": f"Bearer {self._token.get_secret_value()}"} if self._token else {}
        request = Request(self.url + path, headers=headers)  # noqa: S310 - the scheme is checked above
        try:
            with _DIRECT.open(request, timeout=_SECONDS) as answer:
                found: dict[str, Any] = json.load(answer)
        except HTTPError as refused:
            raise NoWorker(self._refused(refused)) from None
        except (URLError, OSError, http.client.HTTPException) as error:
            raise NoWorker(
                f"no worker answers at {self.url}/ ({_reason(error)}); start one with `fulltext worker`, or give the "
                "address that it printed"
            ) from None
        except ValueError:
            raise NoWorker(f"{self.url}/ is no worker: it did not answer {path} with JSON") from None
        return found

    def _refused(self, refused: HTTPError) -> str:
        if refused.code == 401:
            return f"the worker at {self.url}/ asks for its token; set WEB_TOKEN"
        return f"{self.url}{path_of(refused)} answered with status {refused.code}; is it a worker of this version?"


def path_of(refused: HTTPError) -> str:
    """Of the address that was asked."""
    return urlsplit(refused.url or "").path


def _reason(error: Exception) -> str:
    reason = getattr(error, "reason", error)
    return getattr(reason, "strerror", None) or str(reason) or type(reason).__name__

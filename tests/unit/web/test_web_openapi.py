"""The pages are what their documents say."""

import json
import re
from pathlib import Path

import pytest

from streams.web import live_page, openapi
from streams.web.routes import ROUTES


def test_the_committed_document_is_the_one_of_the_routes() -> None:
    """A new page or field is in it: write it again with `python -m streams.web.openapi`."""
    assert openapi.COMMITTED.read_text(encoding="utf-8") == openapi.render()


def test_every_reference_leads_somewhere_and_every_model_says_its_version() -> None:
    """OpenAPI 3.1, with an answer model for each JSON page."""
    document = openapi.document()
    schemas = document["components"]["schemas"]
    referred = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(document)))
    assert referred <= set(schemas)
    assert document["openapi"].startswith("3.1")
    assert list(document["paths"]) == [route.path for route in ROUTES]
    for route in ROUTES:
        assert route.model is None or "schema_version" in schemas[route.model.__name__]["properties"], route.path


def test_the_page_fetches_nothing_from_elsewhere() -> None:
    """One document without a link, script, font or picture of another host."""
    assert not re.findall(r"""(?:src|href|url|@import)\s*[=(]\s*["']?\s*(?:https?:)?//""", live_page.DOCUMENT)


def test_the_page_never_makes_markup_of_figures() -> None:
    """Text goes in as text: what inserts markup is not used, nor inline handlers or styles that the policy refuses."""
    assert not re.findall(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|\son\w+=|\sstyle=",
        live_page.DOCUMENT,
    )


def test_the_policy_lets_only_the_pages_own_scripts_run() -> None:
    """Each inline one by its hash; another text has another policy."""
    assert live_page.POLICY.count("'sha256-") == len(re.findall("<script>|<style>", live_page.DOCUMENT))
    assert "unsafe" not in live_page.POLICY
    assert live_page.policy_of(live_page.DOCUMENT.replace("poll()", "poll ()")) != live_page.POLICY


@pytest.mark.parametrize("name", live_page.FRAGMENTS)
def test_every_fragment_is_one_idea(name: str) -> None:
    """Each file of the page is short enough to be read at once."""
    path = Path(live_page.__file__).parent / "page" / f"{name}.html"
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 250

"""The plan as PDF: made where the server can, and said plainly where it cannot."""

import sys
from types import ModuleType
from typing import Any

import pytest
from django.urls import reverse

from narvaro.contexts.plan.api import version_in_force
from narvaro.core.scope import acting
from narvaro.ui import pdf
from tests.web.conftest import As
from tests.web.world import TODAY, World


def address(world: World, route: str) -> str:
    actor = world.actor("teacher")
    with acting(actor):
        return reverse(route, args=[version_in_force(actor, TODAY).key])


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    pdf.pdf_of.cache_clear()


def test_without_the_package_the_page_says_what_is_missing(
    world: World, signed_in: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in ("narvaro.ui.pdf.missing", "narvaro.contexts.plan.views.missing"):
        monkeypatch.setattr(place, lambda: ("WeasyPrint", "Pango"))
    client = signed_in("teacher")
    html = client.get(address(world, "plan_version")).content.decode()
    assert "WeasyPrint, Pango" in html
    assert address(world, "plan_pdf") not in html
    answer = client.get(address(world, "plan_pdf"))
    assert answer.status_code == 409
    assert "WeasyPrint" in answer.content.decode()


def test_with_it_the_plan_is_a_tagged_file_that_asks_for_nothing(
    world: World, signed_in: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in ("narvaro.ui.pdf.missing", "narvaro.contexts.plan.views.missing"):
        monkeypatch.setattr(place, lambda: ())
    asked: list[dict[str, Any]] = []

    class HTML:
        def __init__(self, **given: Any) -> None:
            asked.append(given)

        def write_pdf(self, **given: Any) -> bytes:
            asked.append(given)
            return b"%PDF-"

    module = ModuleType("weasyprint")
    module.HTML = HTML  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "weasyprint", module)
    client = signed_in("teacher")
    assert address(world, "plan_pdf") in client.get(address(world, "plan_version")).content.decode()
    for _ in range(2):
        answer = client.get(address(world, "plan_pdf"))
        assert (answer.status_code, answer["Content-Type"], answer.content) == (200, "application/pdf", b"%PDF-")
    source, how = asked  # and the second time it was kept
    assert how == {"pdf_variant": "pdf/ua-1"}
    assert "Första samtalet" in source["string"] or "Steg 1" in source["string"]
    assert 'lang="sv"' in source["string"]
    assert "Version 1. Ingen har godkänt en plan än" in source["string"]
    for outside in ("http:", "https:", "src=", "<script", "href="):
        assert outside not in source["string"]
    with pytest.raises(ValueError, match="its own page"):
        source["url_fetcher"]("https://example.com/a.png")


def test_another_authority_has_no_file_of_it(world: World, signed_in: As) -> None:
    assert signed_in("foreign_principal").get(address(world, "plan_pdf")).status_code == 404

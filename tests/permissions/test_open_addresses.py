"""Addresses that need no role: whoever comes, however they ask, they say nothing about a pupil."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.permissions.asking import NOT_THERE, SIGN_IN, Asker, as_if_nothing_happened
from tests.permissions.oracle import law
from tests.permissions.routes import Route, routes

OPEN = {route.name: route for route in routes() if route.name in {*law()["public"], *law()["own_account"]}}
# What stands in such an address is somebody's own, or nobody's.
FILLED = {
    "uidb36": "1",
    "key": NOT_THERE,
    "provider_id": "nobody",
    "organization_slug": "nobody",
    "authority": 1,
    "secret": "nobody",
}
WHO = (None, "mentor", "mentor_ended", "mentor_closed", "legal_guardian", "system_administrator")


def address(route: Route) -> str:
    return reverse(route.name, kwargs={each: FILLED[each] for each in route.parameters})


@pytest.mark.parametrize("name", sorted(OPEN))
def test_they_tell_nothing(asker: Asker, name: str) -> None:
    for who in WHO:
        for method in ("GET", "HEAD", "POST", "PUT", "OPTIONS"):
            client = Client()
            if who:
                client.cookies.update(asker.world.client(asker.world.people[who]).cookies)
            with as_if_nothing_happened():
                answer = client.generic(method, address(OPEN[name]))
                body = answer.content.decode()
            seen = asker.world.canaries.seen_in(body + str(dict(answer.items())))
            assert {kept for kept in seen if kept.place.split()[-1] != who} == set(), (who, method)
            assert answer.status_code < 500, (who, method)
            assert "no-store" in answer["Cache-Control"], (who, method)


@pytest.mark.parametrize("name", sorted(law()["own_account"]))
def test_ones_own_account_needs_an_open_account(asker: Asker, name: str) -> None:
    for who in (None, "mentor_closed"):
        client = asker.world.client(asker.world.people[who]) if who else Client()
        with as_if_nothing_happened():
            answer = client.get(address(OPEN[name]))
        assert answer.status_code == 302
        assert answer["Location"].startswith(SIGN_IN)

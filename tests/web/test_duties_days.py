"""The home told the same day, leave, and the counter for CSN: by the people who do it."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from narvaro.contexts.attendance import invalid
from narvaro.contexts.attendance.api import InvalidDay, invalid_in, invalid_on
from narvaro.contexts.duties import homes
from narvaro.contexts.duties.leaves import Applied, LeaveDecided, apply_for_leave, decide_leave
from narvaro.contexts.duties.models import InformedGuardian, Leave, Notice, SameDayInformation
from narvaro.contexts.duties.queries import find_leave
from narvaro.contexts.register.api import find_pupil, save_school_year, visible_pupil_ids
from narvaro.contexts.register.models import Enrolment
from narvaro.core.actor import Actor
from narvaro.core.errors import Conflict, Forbidden, Refused
from narvaro.core.scope import acting
from tests.web.attended import CALENDAR, attended
from tests.web.conftest import As
from tests.web.met import guardian, home_of
from tests.web.test_duties import born
from tests.web.world import TODAY, World

MONDAY, TUESDAY = date(2026, 5, 18), date(2026, 5, 19)  # Alva is away all Monday without a valid reason


@pytest.fixture
def facts(world: World) -> Path:
    return attended(world)


def page(client: Client, route: str, *key: object, **query: str) -> str:
    answer = client.get(reverse(route, args=list(key)), query)
    assert answer.status_code == 200, answer.status_code
    return " ".join(answer.content.decode().split())


def send(client: Client, route: str, *key: object, **fields: Any) -> int:
    return client.post(reverse(route, args=list(key)), {"token": str(uuid4()), **fields}).status_code


def tell(client: Client, world: World, day: date = MONDAY, name: str = "Alva", **fields: Any) -> int:
    given = {"guardians": str(home_of(world).key), "channel": "phone", "told_on": day.isoformat(), "reason": ""}
    return send(client, "home_tell", world.pupils[name].key, day, **(given | fields))


# What the facts say.


def test_a_days_and_a_months_invalid_absence_are_of_the_facts(world: World, facts: Path) -> None:
    system = Actor.system(world.organiser.pk)
    with acting(system):
        days = {each.pupil_id: each for each in invalid_on(system, MONDAY)}
        month = {each.pupil_id: each for each in invalid_in(system, date(2026, 5, 1), date(2026, 5, 31))}
        assert invalid_on(system, date(2026, 5, 17)) == ()
    assert (days["e-alva"].lessons, days["e-alva"].invalid_lessons, days["e-alva"].invalid_min) == (4, 4, 240)
    assert "e-bilal" not in days
    # Mondays 4, 11 and 18 May, and late 15 minutes on the Tuesdays of the latest twenty days.
    assert (month["e-alva"].minutes, month["e-alva"].days) == (3 * 240 + 3 * 15, 6)


def test_another_organisers_facts_are_not_read(world: World, facts: Path) -> None:
    system = Actor.system(world.other_organiser.pk)
    with acting(system):
        assert invalid_on(system, MONDAY) == ()
        assert invalid.latest_day(system) is None


# The home, the same day.


def test_the_mentor_sees_whose_home_waits_and_whom_to_ring(world: World, signed_in: As, facts: Path) -> None:
    guardian(world, "Olle Borta", may_see=False)
    client = signed_in("mentor")
    html = page(client, "homes", day=MONDAY.isoformat())
    assert "Alva Påhittad" in html
    assert "Sofia Lindqvist" in html
    assert "Olle Borta" not in html
    assert "Bilal" not in html
    assert "Alva" not in page(signed_in("ekbacken_principal"), "homes", day=MONDAY.isoformat())
    assert "Alva" not in page(signed_in("other_mentor"), "homes", day=MONDAY.isoformat())


def test_a_home_that_was_told_no_longer_waits(world: World, signed_in: As, facts: Path) -> None:
    client = signed_in("mentor")
    assert tell(client, world) == 302
    with acting(Actor.system(world.organiser.pk)):
        row = SameDayInformation.objects.get()
        assert row.told_at.date() == MONDAY
        assert InformedGuardian.objects.get().guardian_id == home_of(world).pk
    assert "Sofia Lindqvist was told" in page_in_english(client, world, MONDAY)
    assert tell(client, world) == 409


def page_in_english(client: Client, world: World, day: date) -> str:
    client.cookies["language"] = "en"
    return page(client, "homes", day=day.isoformat())


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"told_on": TUESDAY.isoformat()}, 409),
        ({"told_on": TUESDAY.isoformat(), "reason": "Ingen svarade."}, 302),
        ({"told_on": ""}, 409),
        ({"told_on": "", "reason": "Polisen bad oss vänta."}, 302),
        ({"told_on": (MONDAY - timedelta(days=1)).isoformat()}, 409),
        ({"told_on": (TODAY + timedelta(days=1)).isoformat()}, 409),
        ({"guardians": ""}, 200),
        ({"guardians": []}, 409),
    ],
)
def test_a_later_day_takes_a_reason(
    world: World, signed_in: As, facts: Path, fields: dict[str, Any], status: int
) -> None:
    assert tell(signed_in("mentor"), world, **fields) == status


def test_who_may_not_be_told_cannot_be_chosen(world: World, signed_in: As, facts: Path) -> None:
    apart = guardian(world, "Olle Borta", may_see=False)
    assert tell(signed_in("mentor"), world, guardians=str(apart.key)) == 200
    assert tell(signed_in("mentor"), world) == 302


def test_what_waited_with_a_reason_may_be_told_later(world: World, signed_in: As, facts: Path) -> None:
    client = signed_in("mentor")
    assert tell(client, world, told_on="", reason="Ingen svarade.") == 302
    assert tell(client, world, told_on=TUESDAY.isoformat()) == 409
    assert tell(client, world, told_on=TUESDAY.isoformat(), reason="Svarade dagen efter.") == 302


def test_somebody_elses_pupil_is_not_there(world: World, signed_in: As, facts: Path) -> None:
    client = signed_in("mentor")
    assert client.get(reverse("home_tell", args=[world.pupils["Alva"].key, MONDAY])).status_code == 200
    for name in ("Casper", "Ida", "Omar"):
        assert client.get(reverse("home_tell", args=[world.pupils[name].key, MONDAY])).status_code == 404


def test_the_duties_page_asks_about_the_latest_day(world: World, signed_in: As, facts: Path) -> None:
    with time_machine.travel(f"{TODAY}T15:00:00+02:00", tick=False):
        html = page(signed_in("principal"), "duties", rule="A3", state="all")
        assert "Alva" not in html.partition('id="rows"')[2]


def test_one_home_more_asks_no_more(world: World, signed_in: As, facts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    client = signed_in("principal")
    counts = []
    for name in ("Alva", "Bilal"):
        if name == "Bilal":
            pretend_away(monkeypatch)
        page(client, "homes", day=MONDAY.isoformat())
        with CaptureQueriesContext(connection) as asked:
            html = page(client, "homes", day=MONDAY.isoformat())
        counts.append(len(asked))
        assert name in html
    assert counts[0] == counts[1]


def pretend_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bilal takes the id of one who was away too: the facts stay as they are."""
    known = homes.invalid_on

    def with_bilal(actor: Actor, day: date) -> tuple[InvalidDay, ...]:
        found = known(actor, day)
        return (*found, *(replace(each, pupil_id="e-bilal") for each in found if each.pupil_id == "e-alva"))

    monkeypatch.setattr(homes, "invalid_on", with_bilal)


# Leave.


def applied(world: World, first: date, last: date, name: str = "Alva", **more: Any) -> Any:
    by = world.actor("mentor")
    given = {"kind": "leave", "applicant": "Sofia Lindqvist", "applied_on": TODAY, "reason": "Resa"}
    with acting(by):
        card = find_pupil(by, world.pupils[name].key, "home.tell")
        key = apply_for_leave(by=by, card=card, applied=Applied(first_day=first, last_day=last, **(given | more)))
        return find_leave(by, key, visible_pupil_ids(by, "home.tell"))


TEN = (date(2026, 5, 25), date(2026, 6, 5))  # two whole weeks
ELEVEN = (date(2026, 5, 25), date(2026, 6, 8))


@pytest.fixture
def spring(world: World) -> None:
    save_school_year(by=Actor.system(world.organiser.pk), calendar=CALENDAR)


@pytest.mark.parametrize(
    ("role", "span", "kind", "may"),
    [
        ("mentor", TEN, "leave", True),
        ("mentor", ELEVEN, "leave", False),
        ("principal", ELEVEN, "leave", True),
        ("mentor", (TODAY, TODAY), "exemption", False),
        ("principal", (TODAY, TODAY), "exemption", True),
    ],
)
def test_ten_days_may_be_handed_over_and_eleven_not(
    world: World, spring: None, role: str, span: tuple[date, date], kind: str, may: bool
) -> None:
    leave = applied(world, *span, kind=kind)
    by, decided = world.actor(role), LeaveDecided(version=0, decision="granted", reason="Familjen samlas.")
    with acting(by):
        if not may:
            with pytest.raises(Forbidden):
                decide_leave(by=by, leave=leave, decided=decided)
        else:
            decide_leave(by=by, leave=leave, decided=decided)
            assert Leave.objects.get().decided_as == role


def test_days_are_counted_by_the_schools_calendar(world: World, spring: None) -> None:
    assert applied(world, *TEN).school_days == 10
    assert applied(world, *ELEVEN).school_days == 11
    with pytest.raises(Refused):
        applied(world, date(2026, 5, 23), date(2026, 5, 24))


def test_two_who_decide_at_once_see_each_other(world: World, spring: None) -> None:
    leave = applied(world, *TEN)
    by = world.actor("principal")
    with acting(by):
        decide_leave(by=by, leave=leave, decided=LeaveDecided(version=0, decision="granted", reason="Ja, gärna."))
    with acting(by), pytest.raises(Conflict) as conflict:
        decide_leave(by=by, leave=leave, decided=LeaveDecided(version=0, decision="refused", reason="Nej."))
    assert (conflict.value.theirs, conflict.value.mine) == ("Ja, gärna.", "Nej.")


def test_an_application_from_form_to_decision(world: World, signed_in: As, spring: None) -> None:
    mentor = signed_in("mentor")
    assert "Alva" in page(mentor, "leaves", q="Alva")
    assert "Casper" not in page(mentor, "leaves", q="Casper").partition("<main")[2].partition('id="found"')[2]
    given = {"kind": "leave", "applicant": "Sofia", "applied_on": TODAY.isoformat(), "reason": "Hemlig resa"}
    days = {"first_day": ELEVEN[0].isoformat(), "last_day": ELEVEN[1].isoformat()}
    assert send(mentor, "leave_new", world.pupils["Alva"].key, **given, **days) == 302
    assert "Hemlig resa" not in page(mentor, "leaves")
    with acting(world.actor("mentor")):
        key = Leave.objects.get().key
    assert send(mentor, "leave", key, decision="granted", reason="Ja", version="0") == 403
    assert 'name="decision"' not in page(mentor, "leave", key)
    principal = signed_in("principal")
    assert reverse("leave", args=[key]) in page(principal, "duties", rule="A4")
    assert send(principal, "leave", key, decision="granted", reason="Ja", version="0") == 302
    assert reverse("leave", args=[key]) not in page(principal, "duties", rule="A4")
    assert signed_in("ekbacken_principal").get(reverse("leave", args=[key])).status_code == 404


# CSN.


def test_csn_counts_upper_secondary_by_calendar_month(world: World, signed_in: As, facts: Path) -> None:
    client = signed_in("principal")
    may = date(2026, 5, 1).isoformat()
    assert "Alva" not in page(client, "csn", month=may)
    born(world, "Alva", date(2009, 1, 1), "GY")
    html = page(client, "csn", month=may)
    assert "Alva" in html
    assert "12 h 45 min" in html
    assert "Alva" not in page(client, "csn", month="2026-03-01")


def test_a_report_to_csn_holds_the_month_and_its_hours(world: World, signed_in: As, facts: Path) -> None:
    born(world, "Alva", date(2009, 1, 1), "GY")
    client = signed_in("principal")
    assert send(client, "csn_notice", world.pupils["Bilal"].key, date(2026, 5, 1), receiver_function="CSN") == 404
    assert send(client, "csn_notice", world.pupils["Alva"].key, date(2026, 5, 1), receiver_function="CSN") == 302
    with acting(Actor.system(world.organiser.pk)):
        notice = Notice.objects.get()
    assert (notice.starts_on, notice.ends_on, notice.invalid_min) == (date(2026, 5, 1), date(2026, 5, 31), 765)
    html = page(client, "notice", notice.key)
    assert "12 h 45 min" in html
    fields = {"state": "sent", "day": TODAY.isoformat(), "way": "e_service", "version": "0"}
    assert send(client, "notice_mark", notice.key, **fields) == 302
    assert reverse("csn_notice", args=[world.pupils["Alva"].key, date(2026, 5, 1)]) not in page(client, "csn")


def test_csn_may_be_left_out_with_a_reason(world: World, signed_in: As, facts: Path) -> None:
    born(world, "Alva", date(2009, 1, 1), "GY")
    client, key = signed_in("principal"), world.pupils["Alva"].key
    link = reverse("csn_notice", args=[key, date(2026, 5, 1)])
    assert link in page(client, "csn")
    fields = {"receiver_function": "CSN", "withheld_reason": "Mobbning utreds."}
    assert send(client, "csn_notice", key, date(2026, 5, 1), **fields) == 302
    assert link not in page(client, "csn")
    with acting(Actor.system(world.organiser.pk)):
        notice = Notice.objects.get()
    assert (notice.state, notice.sent_on) == ("withheld", None)
    html = page(client, "notice", notice.key)
    assert "Mobbning utreds." in html
    assert 'name="state"' not in html
    assert 'class="notice"' not in html  # the strip of the practice site is another thing


def test_a_home_where_nobody_may_be_told_has_no_quick_button(world: World, signed_in: As, facts: Path) -> None:
    client = signed_in("mentor")
    with time_machine.travel(f"{MONDAY}T15:00:00+02:00", tick=False):
        client = signed_in("mentor")
        assert 'name="told_on"' in page(client, "homes", day=MONDAY.isoformat())
        with acting(Actor.system(world.organiser.pk)):
            home_of(world).custodies.update(may_see=False)
        html = page(client, "homes", day=MONDAY.isoformat())
        assert "Alva" in html
        assert 'name="told_on"' not in html


def test_one_click_on_the_day_says_who_was_rung(world: World, signed_in: As, facts: Path) -> None:
    with time_machine.travel(f"{MONDAY}T15:00:00+02:00", tick=False):
        client = signed_in("mentor")
        html = page(client, "homes", day=MONDAY.isoformat())
        assert str(home_of(world).key) in html
        assert tell(client, world, told_on=MONDAY.isoformat()) == 302
        assert 'name="told_on"' not in page(client, "homes", day=MONDAY.isoformat())


def test_a_pupil_who_moved_is_counted_where_the_pupil_goes(world: World, signed_in: As, facts: Path) -> None:
    born(world, "Alva", date(2009, 1, 1), "GY")
    with acting(Actor.system(world.organiser.pk)):
        Enrolment.objects.filter(pupil=world.pupils["Alva"]).update(unit=world.ekbacken)
    assert "Alva" not in page(signed_in("principal"), "csn")
    assert "Alva" in page(signed_in("ekbacken_principal"), "csn")

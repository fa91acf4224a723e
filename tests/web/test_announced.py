"""What guardians have announced: taken over from a school system, and a home that knows is not asked to be told."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.urls import reverse

from narvaro.contexts.duties.api import forget_announced, load_announced
from narvaro.contexts.duties.models import AnnouncedAbsence
from narvaro.contexts.register.models import Custody, Guardian
from narvaro.core.models import AuditEntry
from narvaro.core.scope import acting
from narvaro.ss12000.told import Announced, AnnouncedAbsences
from tests.web.attended import attended
from tests.web.conftest import As
from tests.web.met import home_of, system
from tests.web.world import World

MONDAY = date(2026, 5, 18)  # Alva is away from 08:00 to 14:00 without a valid reason
SOURCE = UUID(int=5)
SINCE = datetime(2026, 5, 1, tzinfo=UTC)
WHOLE_DAY = Announced(
    source_id="a-1",
    pupil_id="e-alva",
    guardian_id="g-1",
    starts=datetime(2026, 5, 17, 22, tzinfo=UTC),
    ends=datetime(2026, 5, 18, 21, 59, 59, tzinfo=UTC),
    announced_at=datetime(2026, 5, 18, 5, 12, tzinfo=UTC),
)


@pytest.fixture
def facts(world: World) -> Path:
    with acting(system(world)):
        Guardian.objects.filter(pk=home_of(world).pk).update(source_id="g-1")
    return attended(world)


def load(world: World, *told: Announced, gone: tuple[str, ...] = (), whole: bool = False) -> int:
    since = SINCE if whole else None
    read = AnnouncedAbsences(read=len(told), told=told, gone=frozenset(gone), since=since)
    return load_announced(by=system(world), source=SOURCE, read=read)


def kept(world: World) -> dict[str, AnnouncedAbsence]:
    with acting(system(world)):
        return {row.source_id: row for row in AnnouncedAbsence.objects.all()}


def heading(signed_in: As) -> str:
    client = signed_in("mentor")
    client.cookies["language"] = "en"
    return " ".join(client.get(reverse("homes"), {"day": MONDAY.isoformat()}).content.decode().split())


def test_a_home_that_announced_the_day_waits_for_no_word(world: World, signed_in: As, facts: Path) -> None:
    assert "1 home has not been told about" in heading(signed_in)
    assert load(world, WHOLE_DAY) == 1
    html = heading(signed_in)
    assert "Every home knows about" in html
    assert "The home announced the absence itself." in html
    assert load(world, gone=("a-1",)) == 1
    assert "1 home has not been told about" in heading(signed_in)


@pytest.mark.parametrize(
    "told",
    [
        replace(WHOLE_DAY, announced_at=datetime(2026, 5, 18, 22, tzinfo=UTC)),  # the day after, in Sweden
        replace(WHOLE_DAY, ends=datetime(2026, 5, 18, 11, 59, tzinfo=UTC)),  # until 13:59, and school ends at 14:00
        replace(WHOLE_DAY, starts=datetime(2026, 5, 18, 6, 1, tzinfo=UTC)),
        replace(WHOLE_DAY, starts=datetime(2026, 5, 18, 22, tzinfo=UTC), ends=datetime(2026, 5, 19, 21, tzinfo=UTC)),
        replace(WHOLE_DAY, pupil_id="e-bilal"),
    ],
)
def test_it_says_so_only_of_the_lessons_that_it_covers_and_in_time(
    world: World, signed_in: As, facts: Path, told: Announced
) -> None:
    assert load(world, told) == 1
    assert "1 home has not been told about" in heading(signed_in)


def test_a_guardian_who_may_not_be_told_does_not_speak_for_the_home(world: World, signed_in: As, facts: Path) -> None:
    load(world, WHOLE_DAY)
    with acting(system(world)):
        Custody.objects.filter(guardian__source_id="g-1").update(may_see=False)
    assert "1 home has not been told about" in heading(signed_in)


def test_whom_the_register_does_not_know_is_not_kept(world: World, facts: Path) -> None:
    strangers = (replace(WHOLE_DAY, guardian_id="g-9"), replace(WHOLE_DAY, source_id="a-2", pupil_id="stranger"))
    assert load(world, *strangers) == 0
    load(world, WHOLE_DAY)
    assert load(world, replace(WHOLE_DAY, guardian_id="g-9")) == 1  # said by somebody else now
    assert kept(world) == {}


def test_what_the_source_stamps_anew_was_told_when_it_was_told(world: World, facts: Path) -> None:
    load(world, WHOLE_DAY)
    later = WHOLE_DAY.announced_at + timedelta(days=3)
    assert load(world, replace(WHOLE_DAY, announced_at=later)) == 0
    longer = replace(WHOLE_DAY, announced_at=later, ends=WHOLE_DAY.ends + timedelta(days=1))
    assert load(world, longer) == 1
    assert (kept(world)["a-1"].announced_at, kept(world)["a-1"].ends) == (later, longer.ends)


def test_all_that_is_told_takes_away_the_rest_but_nothing_at_all_does_not(world: World, facts: Path) -> None:
    before = WHOLE_DAY.starts - timedelta(days=40)
    old = replace(WHOLE_DAY, source_id="old", starts=before, ends=before + timedelta(hours=20))
    load(world, WHOLE_DAY, old, replace(WHOLE_DAY, source_id="a-2"))
    assert load(world, whole=True) == 0
    assert load(world, WHOLE_DAY, whole=True) == 1
    assert set(kept(world)) == {"a-1", "old"}
    read = AnnouncedAbsences(read=1, told=(), gone=frozenset(), since=SINCE)
    assert load_announced(by=system(world), source=uuid4(), read=read) == 0  # of another source
    assert set(kept(world)) == {"a-1", "old"}


def test_what_is_taken_over_is_audited_in_counts_and_erased_with_the_pupil(world: World, facts: Path) -> None:
    load(world, WHOLE_DAY)
    entry = AuditEntry.objects.filter(action="duty.announced.load").latest("pk")
    assert entry.details == {"source": str(SOURCE), "written": 1, "gone": 0}
    with acting(system(world)):
        Guardian.objects.get(source_id="g-1").delete()
    assert kept(world) == {}


def test_an_earlier_school_years_and_a_forgotten_sources_are_not_kept(world: World, facts: Path) -> None:
    last_year = replace(
        WHOLE_DAY, source_id="a-0", starts=datetime(2025, 5, 12, tzinfo=UTC), ends=datetime(2025, 5, 13, tzinfo=UTC)
    )
    load(world, last_year, WHOLE_DAY)
    assert set(kept(world)) == {"a-1"}
    forget_announced(by=system(world), source=UUID(int=6))
    assert set(kept(world)) == {"a-1"}
    forget_announced(by=system(world), source=SOURCE)
    assert kept(world) == {}
    with acting(system(world)):
        told = AuditEntry.objects.filter(action="duty.announced.load").latest("pk")
    assert told.details == {"source": str(SOURCE), "written": 0, "gone": 1}

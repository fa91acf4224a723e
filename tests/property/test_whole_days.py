"""Where the sources are whole, the store holds what they hold and nothing else; elsewhere nothing is taken away."""

import datetime as dt
from collections.abc import Sequence
from random import Random

from hypothesis import given, settings

from narvaro.facts.importing import Whole
from tests.property.test_import_order import RANDOMS, SMALL_WORLDS, as_stored, corrected, folders, split
from tests.reference.lessons import Lesson
from tests.reference.worlds import World, world_rows


def spans_in(lessons: Sequence[Lesson], random: Random) -> list[Whole]:
    """Some units, each on some days of those that there are; spans of one unit may overlap."""
    days = sorted({lesson.date for lesson in lessons})
    units = sorted({lesson.school_unit_id for lesson in lessons})
    ends = [sorted(random.choices(days, k=2)) for _ in range(random.randint(1, 4))]
    return [Whole(random.choice(units), first, last + dt.timedelta(random.randint(0, 3))) for first, last in ends]


def is_in(lesson: Lesson, whole: Sequence[Whole]) -> bool:
    return any(
        lesson.school_unit_id == each.school_unit_id and each.first_day <= lesson.date <= each.last_day
        for each in whole
    )


@settings(max_examples=7)
@given(SMALL_WORLDS, RANDOMS)
def test_what_whole_sources_no_longer_hold_is_gone(world: World, random: Random) -> None:
    lessons = world_rows(world)
    if not lessons:
        return
    whole = spans_in(lessons, random)
    sent = [corrected(each, random) if random.random() < 0.2 else each for each in lessons if random.random() < 0.6]
    named = {each.identity: each for each in sent}
    left = [named.get(each.identity, each) for each in lessons if each.identity in named or not is_in(each, whole)]
    lost = [each for each in lessons if each.identity not in named and is_in(each, whole)]
    before = {each.identity: each for each in lessons}
    earlier = [before[each.identity] for each in sent if before[each.identity] != each]
    with folders(2) as (plain, folder):
        if left:
            plain.take(left)
        for file in split(lessons, random, most=2):
            folder.take(file)
        files = split(sent, random, most=2) if sent else []
        done = folder.take(*files, whole=whole)
        assert done.removed == sum(record.removed for record in done.records) or not files
        assert done.removed == len(lost)
        assert folder.lessons() == as_stored(left)
        assert folder.rows() == plain.rows()
        assert folder.numbers() == plain.numbers()
        assert folder.history() == as_stored([*lost, *earlier])
        again = folder.take(*files, whole=whole)
        assert (again.removed, again.manifest) == (0, done.manifest)


@settings(max_examples=3)
@given(SMALL_WORLDS, RANDOMS)
def test_a_whole_import_in_any_order_gives_the_same_bytes(world: World, random: Random) -> None:
    lessons = world_rows(world)
    if not lessons:
        return
    whole = spans_in(lessons, random)
    sent = [each for each in lessons if random.random() < 0.5]
    with folders(2) as both:
        for folder in both:
            folder.take(lessons)
            folder.take(*(split(sent, random, most=3) if sent else []), whole=random.sample(whole, len(whole)))
        assert both[0].digests() == both[1].digests()


@settings(max_examples=3)
@given(SMALL_WORLDS, RANDOMS)
def test_lessons_that_come_back_are_as_if_they_had_never_gone(world: World, random: Random) -> None:
    lessons = world_rows(world)
    if not lessons:
        return
    with folders(2) as (plain, folder):
        plain.take(lessons)
        folder.take(lessons)
        gone = folder.take(whole=spans_in(lessons, random))
        assert len(folder.lessons()) == len(lessons) - gone.removed < len(lessons)
        folder.take(lessons)
        assert folder.rows() == plain.rows()

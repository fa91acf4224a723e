"""The named cast, and the small parts that the demo's generator is put together from."""

from collections import Counter
from datetime import date

import duckdb
import pytest

from narvaro.demo.calibration import calibration, quantiles
from narvaro.demo.cast import CAST_ADULTS, CAST_GROUPS, CAST_PUPILS, Role, Story, mentor_of
from narvaro.demo.draws import Draws
from narvaro.demo.lessons import statement
from narvaro.demo.names import GIVEN_NAMES, SURNAMES
from narvaro.demo.profiles import TRAJECTORIES
from narvaro.demo.roster import build_roster
from narvaro.demo.school_year import demo_calendar
from narvaro.demo.stories import HOURS_A_MONTH_MIN, cast_days, script_rows
from narvaro.demo.units import units_for

YEAR = demo_calendar(2025)


def test_every_story_has_one_pupil_and_is_told_in_both_languages():
    assert Counter(pupil.story for pupil in CAST_PUPILS) == Counter(Story)
    assert len({pupil.elev_id for pupil in CAST_PUPILS}) == len(CAST_PUPILS)
    for pupil in CAST_PUPILS:
        assert pupil.shows
        assert pupil.visar
        assert pupil.shows != pupil.visar


def test_every_role_of_the_demo_is_played():
    roles = Counter(adult.role for adult in CAST_ADULTS)
    assert set(roles) == set(Role)
    assert roles[Role.MENTOR] + roles[Role.CLASS_TEACHER] >= 4
    assert len({adult.key for adult in CAST_ADULTS}) == len(CAST_ADULTS)


def test_guardians_have_children_and_the_protected_pupil_has_none_shown():
    known = {pupil.elev_id: pupil for pupil in CAST_PUPILS}
    for adult in CAST_ADULTS:
        assert bool(adult.pupils) is (adult.role is Role.LEGAL_GUARDIAN)
        assert not any(known[child].is_protected for child in adult.pupils)


def test_every_cast_class_has_a_mentor_of_the_cast():
    assert all(mentor_of(group.unit.name, group.group) for group in CAST_GROUPS)
    assert mentor_of("Strandskolan", "1A") is None


@pytest.mark.parametrize(("pupils", "seed"), [(12, 1), (13, 2), (40, 3), (300, 4), (1500, 5)])
def test_the_cast_is_there_at_every_size(pupils, seed):
    roster = build_roster(Draws(seed), pupils, YEAR)
    assert len(roster.pupils) == len({each.elev_id for each in roster.pupils}) == pupils
    found = {each.elev_id: each for each in roster.pupils if each.cast}
    assert set(found) == {each.elev_id for each in CAST_PUPILS}
    for each in CAST_PUPILS:
        pupil = found[each.elev_id]
        assert (pupil.group.unit, pupil.group.name, pupil.grade) == (
            each.placement.unit,
            each.placement.group,
            each.placement.grade,
        )
    assert {each.group.number for each in roster.memberships} == {group.number for group in roster.groups}
    assert {group.unit for group in roster.groups} <= set(roster.units)


def test_fewer_pupils_than_the_cast_is_refused():
    with pytest.raises(ValueError, match="at least 12 pupils"):
        build_roster(Draws(1), 11, YEAR)


def test_units_follow_the_size():
    assert len(units_for(100)) == 2
    units = units_for(12_000)
    assert len(units) == len({unit.code for unit in units}) == len({unit.name for unit in units}) == 40
    assert sum(unit.is_paper for unit in units) == 1
    assert len({unit.organiser for unit in units}) == 2


def test_classes_and_cohorts_have_usual_sizes():
    roster = build_roster(Draws(1), 3000, YEAR)
    sizes = Counter(each.group.number for each in roster.memberships if each.is_class)
    assert 20 <= sum(sizes.values()) / len(sizes) <= 27
    assert max(sizes.values()) <= 32
    grades = Counter(each.grade for each in roster.pupils)
    assert len(grades) == 13
    assert max(grades.values()) - min(grades.values()) <= 1


def test_a_timetable_has_no_overlap_and_spreads_its_subjects():
    for group in build_roster(Draws(1), 300, YEAR).groups:
        for earlier, later in zip(group.slots, group.slots[1:], strict=False):
            if earlier.dow == later.dow:
                assert earlier.end_min < later.start_min
                assert later.lesson_no == earlier.lesson_no + 1
        if group.grade is not None:
            per_day = Counter(slot.dow for slot in group.slots)
            assert set(per_day) == {1, 2, 3, 4, 5}
            assert max(per_day.values()) - min(per_day.values()) <= 1


def scripted(story: Story) -> tuple[list[tuple[int, ...]], tuple]:
    roster = build_roster(Draws(1), 12, YEAR)
    pupil = next(each for each in roster.pupils if each.cast and each.cast.story is story)
    rows = [row for row in script_rows(roster, YEAR) if row[0] == pupil.number]
    return rows, cast_days(roster, YEAR)[pupil.number]


@pytest.mark.parametrize("story", Story)
def test_a_script_stays_within_the_pupils_lessons(story):
    rows, days = scripted(story)
    lessons = {(day.place, slot.lesson_no): slot.minutes for day in days for slot in day.slots}
    assert len({(place, lesson) for _, place, lesson, *_ in rows}) == len(rows)
    for _, place, lesson, valid, invalid in rows:
        assert min(valid, invalid) >= 0
        assert 0 < valid + invalid <= lessons[place, lesson]


def test_the_story_at_the_limit_is_the_first_whole_minute_there():
    rows, days = scripted(Story.AT_THE_LIMIT)
    absent, offered = sum(row[3] + row[4] for row in rows), sum(day.minutes for day in days)
    assert 100 * absent >= 15 * offered > 100 * (absent - 1)


def test_the_upper_secondary_story_has_its_hours_in_every_whole_month():
    rows, days = scripted(Story.UPPER_SECONDARY_HOURS)
    invalid = Counter()
    for _, place, _, _, minutes in rows:
        day = days[place].date
        invalid[day.year, day.month] += minutes
    months = Counter((day.date.year, day.date.month) for day in days)
    whole = {month for month, number in months.items() if number >= 12}
    assert len(whole) == 9
    assert all(HOURS_A_MONTH_MIN <= invalid[month] < HOURS_A_MONTH_MIN + 90 for month in whole)


def test_sql_draws_the_same_numbers_as_python():
    with duckdb.connect() as connection:
        connection.execute(statement("schema"))
        connection.execute("SET VARIABLE seed = 7")
        found = connection.execute("SELECT draw('spell', 12, -3), draw('day', 0, 177)").fetchall()
    assert found == [(Draws(7).whole("spell", 12, -3), Draws(7).whole("day", 0, 177))]


def test_draws_are_fixed_for_ever():
    """Another number here means that every demo ever made comes out differently."""
    assert Draws(1).whole("spell", 1, 2) == 0xBAAC58D07DC8D277


def test_weighted_draws_follow_their_weights():
    drawn = Counter(Draws(1).weighted((("a", 1), ("b", 3)), "test", number) for number in range(4000))
    assert drawn["b"] / 4000 == pytest.approx(0.75, abs=0.03)


@pytest.mark.parametrize("stage", calibration().stages)
def test_the_mixture_has_the_shares_of_the_table(stage):
    inverse = quantiles()[stage]
    drawn = [inverse.at((place + 0.5) / 5000) for place in range(5000)]
    for limit, target in calibration().targets[stage].items():
        share = 100 * sum(100 * value >= limit for value in drawn) / len(drawn)
        assert share == pytest.approx(target, abs=0.75), limit
    assert inverse.at(0.0) == 0.0
    assert inverse.at(0.999999) < 1.0


def test_trajectories_add_up_to_their_shares():
    shares: Counter[str] = Counter()
    below = 0.0
    for limit, chances in TRAJECTORIES:
        assert sum(chances.values()) == pytest.approx(1.0, abs=0.001)
        for name, chance in chances.items():
            shares[name] += 100 * chance * (limit - below)
        below = limit
    assert below == 1.0
    for name, target in calibration().trajectories.items():
        assert shares[name] == pytest.approx(target, abs=0.1), name


def test_careful_teachers_make_up_for_the_careless():
    model = calibration().unreported
    careless = model.careless_teachers
    assert careless * model.careless_rate + (1 - careless) * model.careful_rate == pytest.approx(model.overall)


@pytest.mark.parametrize("school_year", range(2018, 2041))
def test_every_school_day_has_a_season(school_year):
    for day in demo_calendar(school_year).school_days():
        assert 0.5 < calibration().season_factor(day.isocalendar().week) < 1.5


def test_weekday_factors():
    assert calibration().weekday_factor(date(2025, 9, 5)) == max(calibration().weekday)
    assert calibration().weekday_factor(date(2025, 9, 6)) == 1.0  # a Saturday made a school day


def test_names_are_plain_words_without_repeats():
    for names in (GIVEN_NAMES, SURNAMES):
        assert len(names) > 90
        assert len(set(names)) == len(names)
        assert all(name.isalpha() for name in names)

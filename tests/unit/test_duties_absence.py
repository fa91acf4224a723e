"""A12, considerable absence without a valid reason: both its limits, at their edges."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from narvaro.domain.absence import Minutes
from narvaro.domain.duties import InvalidFacts, NoticeFacts, PupilFacts, State, considerable_absence
from tests.unit.test_duties import DAYS, GYMNASIST, MONDAY, asked


@pytest.mark.parametrize(
    ("invalid", "form", "birth", "foreign", "state"),
    [
        (1200, "GY", date(2008, 1, 1), True, State.DUE),
        (1199, "GY", date(2008, 1, 1), True, State.NOT_APPLICABLE),
        (1200, "GR", date(2013, 1, 1), True, State.NOT_APPLICABLE),
        (1200, "GY", date(2006, 5, 4), True, State.NOT_APPLICABLE),
        (1200, "GY", date(2006, 5, 5), True, State.DUE),
        (1200, "GY", date(2008, 1, 1), False, State.NOT_APPLICABLE),
        (1200, "GY", None, None, State.DUE),
    ],
)
def test_considerable_invalid_absence_under_twenty(invalid, form, birth, foreign, state):
    pupil = PupilFacts(form=form, birth=birth, foreign=foreign)
    known = InvalidFacts(last_20=Minutes(6500, 6000 - invalid, 0, invalid), counted_to=MONDAY)
    assert considerable_absence(asked(MONDAY), pupil, known, ()).state is state


def away(days: int, share: int = 0, counted_to: date = MONDAY) -> InvalidFacts:
    """So many whole days without a valid reason, the latest on ``counted_to``, and a share of the last four weeks."""
    before = [DAYS.before(counted_to, each) for each in range(days - 1, 0, -1)]
    minutes = Minutes(10_000, 10_000 - 100 * share, 0, 100 * share)
    return InvalidFacts(last_20=minutes, counted_to=counted_to, whole_days=(*before, *([counted_to] if days else [])))


AWAY = replace(GYMNASIST, foreign=True)


@pytest.mark.parametrize(
    ("days", "share", "state"),
    [
        (9, 19, State.NOT_APPLICABLE),
        (10, 19, State.DUE),
        (9, 20, State.DUE),
        (0, 0, State.NOT_APPLICABLE),
        (14, 0, State.DUE),
    ],
)
def test_ten_whole_days_of_the_term_are_considerable_whatever_the_share(days, share, state):
    assert considerable_absence(asked(MONDAY), AWAY, away(days, share), ()).state is state


def test_ten_days_count_from_the_tenth_and_the_deadline_does_not_move_with_each_import():
    tenth = DAYS.before(MONDAY, 6)
    found = away(16)
    assert found.whole_days[9] == tenth
    standing = considerable_absence(asked(MONDAY), AWAY, found, ())
    assert (standing.due, standing.state) == (DAYS.after(tenth, 5), State.LATE)
    assert considerable_absence(asked(DAYS.after(tenth, 5)), AWAY, found, ()).state is State.DUE


@pytest.mark.parametrize(
    ("sent_on", "days", "share", "state"),
    [
        (MONDAY, 10, 0, State.MET),
        (MONDAY - timedelta(days=28), 10, 0, State.MET),
        (MONDAY - timedelta(days=29), 10, 0, State.DUE),
        (MONDAY - timedelta(days=29), 40, 0, State.MET),  # the tenth day came before it
        (MONDAY - timedelta(days=29), 40, 20, State.DUE),  # and now it is the share of the latest weeks
        (MONDAY - timedelta(days=28), 40, 20, State.MET),
    ],
)
def test_one_notice_answers_both_limits_for_four_weeks_and_the_days_for_the_term(sent_on, days, share, state):
    told = (NoticeFacts("A12", "home_municipality", sent_on),)
    assert considerable_absence(asked(MONDAY), AWAY, away(days, share), told).state is state

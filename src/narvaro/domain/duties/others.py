"""The duties of a day, an application, a month, and of coming and leaving: A1, A3, A4, A5, A11, A12, A14, A16, KAA."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from narvaro.domain.duties.facts import (
    DayFacts,
    EnrolmentFacts,
    InvalidFacts,
    LeaveFacts,
    MonthFacts,
    NoticeFacts,
    PupilFacts,
    ReceivedFacts,
)
from narvaro.domain.duties.investigation import at_home, sent_on
from narvaro.domain.duties.standing import (
    Asked,
    Said,
    Standing,
    State,
    by_deadline,
    covering,
    is_at_least,
    not_applicable,
)
from narvaro.domain.law import LawRule
from narvaro.domain.school_calendar import school_year_of
from narvaro.language import N_, Message

_JUNE, _AUGUST = 6, 8
_HOUR = 60
_FOUR_WEEKS = 28
Span = tuple[int, int]  # from and to, in minutes after midnight


def lessons_reported(asked: Asked, pupil: PupilFacts, day: DayFacts) -> Standing:
    """A1: each lesson of the day has a mark."""
    rule = covering(asked, "A1", pupil.form)
    if isinstance(rule, Standing):
        return rule
    if not day.lessons:
        return not_applicable("A1", Message(N_("No lesson was arranged for the pupil that day.")))
    said = Said(N_("Every lesson is reported."), N_("Some lessons have no mark yet: what happened is unknown."))
    done = None if day.unreported else day.day
    return by_deadline(asked, rule, pupil.form, began=day.day, within="report_within", done=done, said=said)


def home_told(asked: Asked, pupil: PupilFacts, day: DayFacts) -> Standing:
    """A3: the home is told the day of the absence, or there is a reason why it had to wait."""
    rule = covering(asked, "A3", pupil.form)
    if isinstance(rule, Standing):
        return rule
    if not day.invalid_lessons:
        return not_applicable("A3", Message(N_("No lesson was missed without a valid reason that day.")))
    if is_at_least(rule.number("of_age"), pupil.birth, day.day):
        return not_applicable("A3", Message(N_("The pupil is of age and has no guardian.")))
    if day.announced and day.informed_on is None and not day.deferred:
        return not_applicable("A3", Message(N_("The home announced the absence itself.")))
    said = Said(N_("The home was told {day}."), N_("The home has not been told."))
    standing = by_deadline(asked, rule, pupil.form, began=day.day, within="same_day", done=day.informed_on, said=said)
    # Lessons may lie on a day that the calendar does not have; the same day is that day and no other.
    standing = replace(standing, due=day.day)
    if day.deferred:
        why = Message(N_("There is a written reason why it had to wait."))
        return replace(standing, state=State.MET, why=why, late=0)
    return _same_day(asked, day, standing)


def all_covered(lessons: Iterable[Span], announced: Iterable[Span]) -> bool:
    """Whether each of the lessons lies within what was announced, put together; not for no lessons at all."""
    left, ordered = list(lessons), sorted(announced)
    return bool(left) and all(_covered(start, end, ordered) for start, end in left)


def _covered(start: int, end: int, announced: Sequence[Span]) -> bool:
    for first, last in announced:
        if first <= start:
            start = max(start, last)
    return start >= end


def _same_day(asked: Asked, day: DayFacts, standing: Standing) -> Standing:
    ended = day.informed_on or asked.today
    if ended <= day.day:
        return replace(standing, late=0)
    why = N_("The home was told a later day. Write why it had to wait.") if day.informed_on else standing.why.text
    late = max(asked.days.between(day.day, ended), 1)
    return replace(standing, state=State.LATE, why=Message(why), late=late, done=None)


def of_leave(asked: Asked, pupil: PupilFacts, leave: LeaveFacts) -> Standing:
    """A4 and A5: somebody decides, and where the law says so it is the principal."""
    rule_id = "A5" if leave.kind == "exemption" else "A4"
    rule = covering(asked, rule_id, pupil.form)
    if isinstance(rule, Standing):
        return rule
    only_principal = leave.kind == "exemption" or leave.school_days > rule.number("delegable_days")
    is_void = leave.decided_on is not None and only_principal and not leave.by_principal
    waits = N_("Only the principal may decide on this, so the decision does not hold.")
    said = Said(N_("Decided {day}."), waits if is_void else N_("The application waits for a decision."))
    done = None if is_void else leave.decided_on
    return by_deadline(asked, rule, pupil.form, began=leave.applied_on, within="decide_within", done=done, said=said)


def considerable_absence(
    asked: Asked, pupil: PupilFacts, absence: InvalidFacts, notices: tuple[NoticeFacts, ...]
) -> Standing:
    """A12: by the share of the latest 20 school days, or by whole days of the term. What has been told of one of them
    answers the other too, for as long as it is news."""
    rule = covering(asked, "A12", pupil.form)
    if isinstance(rule, Standing):
        return rule
    if is_at_least(rule.number("under_age"), pupil.birth, asked.today):
        return not_applicable("A12", Message(N_("The pupil has turned 20.")))
    reached = _reached(rule, absence)
    if not reached:
        return not_applicable("A12", Message(N_("The invalid absence is under the limit that is proposed here.")))
    recent = absence.counted_to - timedelta(days=_FOUR_WEEKS)
    found = [(began, sent_on(notices, "A12", "home_municipality", min(began, recent))) for began in reached]
    began, done = next((each for each in found if each[1] is None), found[0])
    said = Said(N_("Sent {day}."), N_("Send the notice: period and extent."))
    return at_home(
        pupil, by_deadline(asked, rule, pupil.form, began=began, within="report_within", done=done, said=said)
    )


def _reached(rule: LawRule, absence: InvalidFacts) -> list[date]:
    """The day from which each limit that is reached counts: the day of the last whole day that it takes, and else the
    day up to which attendance is known."""
    days, known = rule.number("considerable_days"), absence.last_20
    by_days = [absence.whole_days[days - 1]] if len(absence.whole_days) >= days else []
    by_share = known.reported > 0 and 100 * known.invalid >= rule.number("considerable_percent") * known.reported
    return [*by_days, *([absence.counted_to] if by_share else [])]


def moved(asked: Asked, pupil: PupilFacts, enrolment: EnrolmentFacts) -> tuple[Standing, Standing]:
    """A11 for the latest of coming and leaving, and the hand-over to the activity responsibility."""
    return _home_of_move(asked, pupil, enrolment), _activity(asked, pupil, enrolment)


def _home_of_move(asked: Asked, pupil: PupilFacts, enrolment: EnrolmentFacts) -> Standing:
    rule = covering(asked, "A11", pupil.form)
    if isinstance(rule, Standing):
        return rule
    if pupil.foreign is None:
        return not_applicable("A11", Message(N_("The register does not say which the home municipality is.")))
    left = _gone_since(asked, enrolment)
    began = left or enrolment.came_on
    if school_year_of(began) != school_year_of(asked.today):
        return not_applicable("A11", Message(N_("The pupil came before this school year.")))
    waits = N_("Tell that the pupil has left.") if left else N_("Tell that the pupil has started.")
    moved_on = enrolment.left_on if left and enrolment.left_on else enrolment.came_on
    done = sent_on(enrolment.notices, "A11", "home_municipality", moved_on)
    said = Said(N_("Sent {day}."), waits)
    return at_home(
        pupil, by_deadline(asked, rule, pupil.form, began=began, within="report_within", done=done, said=said)
    )


def _gone_since(asked: Asked, enrolment: EnrolmentFacts) -> date | None:
    """The day from which it is known that the pupil has left. Registers end everybody in June, so who left then is gone
    when the next school year has begun without them."""
    left = enrolment.left_on
    if left is None or left >= asked.today:
        return None
    known = asked.days.after(date(left.year, _AUGUST, 1), 1) if left.month == _JUNE else left
    return known if known <= asked.today else None


def _activity(asked: Asked, pupil: PupilFacts, enrolment: EnrolmentFacts) -> Standing:
    rule = covering(asked, "KAA", pupil.form)
    if isinstance(rule, Standing):
        return rule
    left, gone = enrolment.left_on, _gone_since(asked, enrolment)
    if left is None or gone is None:
        return not_applicable("KAA", Message(N_("The pupil goes to the school.")))
    if pupil.form not in rule.forms and (enrolment.grade != _last_grade(rule) or left.month != _JUNE):
        return not_applicable("KAA", Message(N_("The pupil did not leave after the last grade of compulsory school.")))
    if is_at_least(rule.number("under_age"), pupil.birth, left):
        return not_applicable("KAA", Message(N_("The pupil had turned 20 on leaving.")))
    if pupil.form in rule.forms and enrolment.grade == str(rule.number("last_grade")) and left.month == _JUNE:
        return not_applicable("KAA", Message(N_("The pupil left after the last grade, in June.")))
    done = sent_on(enrolment.notices, "KAA", "kaa", left)
    said = Said(N_("Handed over {day}."), N_("Tell the activity responsibility that the pupil has left."))
    return by_deadline(asked, rule, pupil.form, began=gone, within="report_within", done=done, said=said)


def _last_grade(rule: LawRule) -> str:
    return str(rule.number("last_compulsory_grade"))


def received(asked: Asked, form: str, notice: ReceivedFacts) -> Standing:
    """A14: what another organiser told is assessed."""
    rule = covering(asked, "A14", form)
    if isinstance(rule, Standing):
        return rule
    said = Said(N_("Assessed {day}."), N_("Assess whether measures need to be coordinated."))
    return by_deadline(
        asked, rule, form, began=notice.received_on, within="assess_within", done=notice.assessed_on, said=said
    )


def month_for_csn(asked: Asked, pupil: PupilFacts, month: MonthFacts) -> Standing:
    """A16: counted by calendar month in hours of 60 minutes, invalid only."""
    rule = covering(asked, "A16", pupil.form)
    if isinstance(rule, Standing):
        return rule
    if month.invalid_min < rule.number("hours") * _HOUR or month.days < rule.number("occasions"):
        return not_applicable("A16", Message(N_("Less than four hours, or on one occasion only.")))
    said = Said(N_("Reported or decided on {day}."), N_("Report to CSN, or write why not."))
    return by_deadline(
        asked,
        rule,
        pupil.form,
        began=_last_of(month.month),
        within="report_within",
        done=month.answered_on,
        said=said,
    )


def _last_of(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)

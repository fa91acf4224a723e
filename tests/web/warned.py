"""Attendance and warnings for the small municipality, as a measure run would write them."""

from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction

from narvaro.contexts.attendance.api import Measured, RunFacts, finish_run, write_measures
from narvaro.contexts.plan.api import plan_in_force
from narvaro.contexts.register.models import Enrolment, Pupil
from narvaro.contexts.warnings.raising import raise_warnings
from narvaro.core.actor import Actor
from narvaro.core.scope import acting
from narvaro.domain import warnings as domain
from narvaro.domain.absence import Minutes, PupilSummary
from narvaro.domain.school_calendar import day_no, week_no
from tests.web.world import TODAY, World

SUBJECTS = ("Matematik", "Idrott", "Svenska")


def summary_of(pupil: Pupil, last_20: Minutes) -> PupilSummary:
    year = Minutes(*(8 * part for part in (last_20.offered, last_20.present, last_20.valid, last_20.invalid)))
    previous = Minutes(last_20.offered, last_20.offered, 0, 0)
    counts = dict.fromkeys(
        (
            *("longest_spell", "current_spell", "occasions", "scattered_days", "scattered_lessons", "late_count"),
            *("late_min", "first_reported", "first_missed", "last_reported", "last_missed"),
        ),
        3,
    )
    return PupilSummary(
        pupil_id=pupil.pupil_id,
        school_unit_id="1001",
        group_id="7B",
        school_days=160,
        minutes=year,
        last_20=last_20,
        previous_20=previous,
        **counts,
    )


def warning_of(pupil: Pupil, rule_id: str, value: str, as_of: date) -> domain.Warning:
    lessons = tuple(
        domain.EvidenceLesson(day_no(as_of - timedelta(days=back)), 480, SUBJECTS[back % 3], f"l{back}", 0, 60)
        for back in (1, 2, 3)
    )
    return domain.Warning(
        pupil_id=pupil.pupil_id,
        rule_id=rule_id,
        plan="tyreso_default",
        step=3,
        measure="total_rate",
        window="last_20",
        value=Fraction(value),
        limit=Fraction(15, 100),
        window_start=day_no(as_of - timedelta(days=27)),
        window_end=day_no(as_of),
        coverage=Fraction(96, 100),
        evidence=lessons,
    )


def warn(
    world: World,
    names: Iterable[str],
    *,
    value: str = "0.29",
    as_of: date = TODAY,
    rules: tuple[str, ...] = ("total_15",),
) -> None:
    """A finished run in which exactly these pupils of the first organiser have warnings; all have numbers."""
    system = Actor.system(world.organiser.pk)
    warned = set(names)
    absent = round(6000 * Fraction(value))
    with acting(system):
        plan = plan_in_force(system, as_of)
        pupils = list(Pupil.objects.order_by("pk"))
        units = dict(Enrolment.objects.order_by("first_day").values_list("pupil_id", "unit_id"))
        measured = []
        for pupil in pupils:
            part = absent if pupil.given_name in warned else 60
            minutes = Minutes(6250, 6000 - part, 0, part)
            weeks = tuple((week_no(as_of) - back, minutes) for back in range(11, -1, -1))
            measured.append(
                Measured(
                    pupil=pupil.pk,
                    unit=units.get(pupil.pk),
                    group_name="7B",
                    grade="7",
                    summary=summary_of(pupil, minutes),
                    weeks=weeks,
                )
            )
        write_measures(by=system, as_of=as_of, measured=measured)
        raised = {
            pupil.pk: [warning_of(pupil, rule, value, as_of) for rule in rules] if pupil.given_name in warned else []
            for pupil in pupils
        }
        raise_warnings(by=system, plan=plan, as_of=as_of, raised=raised)
        facts = RunFacts(snapshot=1, as_of=as_of, first_day=as_of, minutes=Minutes(6250, 6000, 0, 0))
        finish_run(by=system, facts=facts, pupils=[pupil.pk for pupil in pupils])

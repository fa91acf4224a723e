"""Who asks, and about whom: plain facts, from which the world is built and by which the oracle judges."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

TODAY = date(2026, 5, 20)
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
START = date(2025, 8, 19)

ORGANISER, INDEPENDENT, SOCIAL, REGION = "organiser", "independent", "social_services", "region"
KINDS = {
    ORGANISER: "municipal_organiser",
    INDEPENDENT: "independent_organiser",
    SOCIAL: "social_services",
    REGION: "region",
}
# Two units each; the first is where most happens.
UNITS = {f"{authority}-{number}": authority for authority in KINDS for number in (1, 2)}
HERE, ELSEWHERE, FOREIGN = f"{ORGANISER}-1", f"{ORGANISER}-2", f"{INDEPENDENT}-1"

AT_A_UNIT = {
    *("teacher", "mentor", "pupil_health", "school_nurse", "principal", "attendance_coordinator"),
    "collaboration_team",
}
HOME = {"social_worker": SOCIAL, "clinician": REGION}


@dataclass(frozen=True)
class Period:
    first: date = START
    last: date | None = None

    def holds(self) -> bool:
        return self.first <= TODAY and (self.last is None or self.last >= TODAY)


ALWAYS, ENDED, COMING = Period(), Period(START, YESTERDAY), Period(TOMORROW)
# A last day counts as a day.
LAST_DAY, FIRST_DAY = Period(START, TODAY), Period(TODAY)


@dataclass(frozen=True)
class Person:
    """``units`` None: the whole authority."""

    key: str
    role: str
    authority: str
    units: tuple[str, ...] | None
    period: Period = ALWAYS
    active: bool = True


@dataclass(frozen=True)
class Tie:
    """Between a child and a person, by the person's key. ``sees``: for guardians."""

    person: str
    period: Period = ALWAYS
    sees: bool = True


@dataclass(frozen=True)
class Child:
    key: str
    authority: str = ORGANISER
    stays: tuple[tuple[str, Period], ...] = ((HERE, ALWAYS),)
    mentors: tuple[Tie, ...] = ()
    guardians: tuple[Tie, ...] = ()
    circle: tuple[Tie, ...] = ()
    own: str | None = None
    protected: bool = False
    listed: tuple[Tie, ...] = ()
    by_case: bool = False

    @property
    def kept_at(self) -> str:
        """The school that keeps the child's case, wherever the child goes now."""
        return f"{self.authority}-1"


@dataclass(frozen=True)
class Thing:
    """What a page can be about beside a child: a school unit, a colleague, an import. ``units``: where it belongs; none
    is the authority at large. ``out_of_reach``: for everybody, whatever the right. ``owner``: whose own it is."""

    key: str
    authority: str
    units: tuple[str, ...] = ()
    out_of_reach: bool = False
    owner: str = ""


Subject = Child | Thing


def people(roles: tuple[str, ...]) -> tuple[Person, ...]:
    return (*(person for role in roles for person in _in_role(role)), *special())


def _in_role(role: str) -> Iterator[Person]:
    home = HOME.get(role, ORGANISER)
    units = (f"{home}-1",) if role in AT_A_UNIT else None
    plain = Person(role, role, home, units)
    yield plain
    yield replace(plain, key=f"{role}_ended", period=ENDED)
    yield replace(plain, key=f"{role}_coming", period=COMING)
    yield replace(plain, key=f"{role}_closed", active=False)
    if units:
        yield replace(plain, key=f"{role}_elsewhere", units=(f"{home}-2",))
        yield replace(plain, key=f"{role}_everywhere", units=None)
    for authority in sorted({ORGANISER, INDEPENDENT, SOCIAL} - {home}):
        yield Person(f"{role}_of_{authority}", role, authority, (f"{authority}-1",) if units else None)


def special() -> Iterator[Person]:
    """People with ties of their own, or none."""
    yield Person("other_mentor", "mentor", ORGANISER, (HERE,))
    yield Person("listed_mentor", "mentor", ORGANISER, (HERE,), period=LAST_DAY)
    yield Person("listed_principal", "principal", ORGANISER, (HERE,), period=FIRST_DAY)
    yield Person("listed_elsewhere", "principal", ORGANISER, (ELSEWHERE,))
    yield Person("listed_nobody", "evaluator", ORGANISER, None)
    yield Person("both_schools", "principal", ORGANISER, (HERE, ELSEWHERE))
    yield Person("other_guardian", "legal_guardian", ORGANISER, None)
    yield Person("protected_pupil", "pupil", ORGANISER, None)
    yield Person("other_pupil", "pupil", ORGANISER, None)


LISTED = tuple(Tie(each) for each in ("listed_mentor", "listed_principal", "listed_elsewhere", "listed_nobody"))
# The same people stand to most of them, so that every relation meets every role.
IN_CIRCLES = (
    *("teacher", "pupil_health", "school_nurse", "collaboration_team", "listed_mentor", "other_mentor"),
    *("teacher_elsewhere", "school_nurse_everywhere"),
)
NEAR = {
    "mentors": (Tie("mentor"), Tie("listed_mentor")),
    "guardians": (Tie("legal_guardian"),),
    "circle": tuple(Tie(each) for each in IN_CIRCLES),
}
PAST = {
    "mentors": (Tie("mentor", ENDED),),
    "guardians": (Tie("legal_guardian", ENDED),),
    "circle": tuple(Tie(each, ENDED) for each in IN_CIRCLES),
}
COME = {
    "mentors": (Tie("mentor", COMING),),
    "guardians": (Tie("legal_guardian", COMING),),
    "circle": tuple(Tie(each, COMING) for each in IN_CIRCLES),
}
CHILDREN = (
    Child("near", **NEAR, own="pupil"),  # type: ignore[arg-type]
    Child("apart"),
    Child("past", **PAST),  # type: ignore[arg-type]
    Child("to_come", **COME),  # type: ignore[arg-type]
    Child("last_day", mentors=(Tie("mentor", LAST_DAY),), guardians=(Tie("legal_guardian", FIRST_DAY),)),
    Child("not_to_see", guardians=(Tie("legal_guardian", sees=False), Tie("other_guardian"))),
    Child("elsewhere", stays=((ELSEWHERE, ALWAYS),), mentors=(Tie("mentor_elsewhere"),)),
    Child("moved", stays=((HERE, ENDED), (ELSEWHERE, FIRST_DAY))),
    Child("moving", stays=((ELSEWHERE, LAST_DAY), (HERE, COMING))),
    Child("gone", stays=((HERE, ENDED),), mentors=(Tie("mentor"),)),
    Child("protected", **NEAR, own="protected_pupil", protected=True, listed=LISTED),  # type: ignore[arg-type]
    Child("protected_from_all", **NEAR, protected=True),  # type: ignore[arg-type]
    Child(
        "no_longer_listed",
        mentors=(Tie("listed_mentor"),),
        protected=True,
        listed=(Tie("listed_mentor", ENDED), Tie("listed_principal", COMING)),
    ),
    Child(
        "foreign",
        authority=INDEPENDENT,
        stays=((FOREIGN, ALWAYS),),
        mentors=(Tie(f"mentor_of_{INDEPENDENT}"),),
        guardians=(Tie(f"legal_guardian_of_{INDEPENDENT}"),),
        own=f"pupil_of_{INDEPENDENT}",
        circle=(Tie(f"pupil_health_of_{INDEPENDENT}"),),
    ),
    Child(
        "foreign_protected",
        authority=INDEPENDENT,
        stays=((FOREIGN, ALWAYS),),
        protected=True,
        listed=(Tie(f"principal_of_{INDEPENDENT}"),),
    ),
)

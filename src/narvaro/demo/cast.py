"""The people of Exempelkommun whom the demo, the tests and the documents know by name. All are invented.

The pupils are the same at every size and seed. What each one's absence shows is said in ``shows`` (English) and
``visar`` (Swedish); how it is scripted is in stories.py.
"""

from dataclasses import dataclass
from enum import Enum

from narvaro.demo.units import BJORK, BRUK, EKBACKEN, MUNICIPALITY, STRAND, Unit


class Story(Enum):
    SLOW_CLIMB = "slow_climb"
    LONG_ILLNESS = "long_illness"
    SKIPS_PHYSICAL_EDUCATION = "skips_physical_education"
    IMPROVING = "improving"
    LATE = "late"
    CHRONIC_ADAPTED = "chronic_adapted"
    AT_THE_LIMIT = "at_the_limit"
    HIDDEN_BY_UNREPORTED = "hidden_by_unreported"
    PROTECTED = "protected"
    MOVED = "moved"
    UPPER_SECONDARY_HOURS = "upper_secondary_hours"
    STEADY = "steady"


class Role(Enum):
    """Code terms of the glossary."""

    CLASS_TEACHER = "class_teacher"
    MENTOR = "mentor"
    ATTENDANCE_COORDINATOR = "attendance_coordinator"
    PRINCIPAL = "principal"
    SCHOOL_COUNSELLOR = "school_counsellor"
    SOCIAL_WORKER = "social_worker"
    CLINICIAN = "clinician"
    ORGANISER_OFFICER = "organiser_officer"
    KAA_COORDINATOR = "kaa_coordinator"
    PROCESS_LEADER = "process_leader"
    EVALUATOR = "evaluator"
    SYSTEM_ADMINISTRATOR = "system_administrator"
    LEGAL_GUARDIAN = "legal_guardian"


@dataclass(frozen=True, slots=True)
class Placement:
    unit: Unit
    group: str
    grade: str


@dataclass(frozen=True, slots=True)
class CastPupil:
    """``earlier`` is where a pupil went who moved; ``lessons`` the part of the class's day on an adapted timetable."""

    elev_id: str
    given_name: str
    family_name: str
    placement: Placement
    story: Story
    shows: str
    visar: str
    earlier: Placement | None = None
    lessons: tuple[int, int] | None = None
    is_protected: bool = False


@dataclass(frozen=True, slots=True)
class CastAdult:
    """``workplace`` is a unit or an authority; ``group`` the mentor's class; ``pupils`` a guardian's children."""

    key: str
    given_name: str
    family_name: str
    role: Role
    workplace: str
    group: str | None = None
    pupils: tuple[str, ...] = ()

    @property
    def full_name(self) -> str:
        return f"{self.given_name} {self.family_name}"


CLASS_5C = Placement(STRAND, "5C", "5")
CLASS_7B = Placement(STRAND, "7B", "7")
CLASS_8A = Placement(STRAND, "8A", "8")
CLASS_9B = Placement(STRAND, "9B", "9")
CLASS_EKBACKEN = Placement(EKBACKEN, "5A", "5")
CLASS_BRUK = Placement(BRUK, "8A", "8")
CLASS_SA2A = Placement(BJORK, "SA2A", "GY2")

CAST_PUPILS = (
    CastPupil(
        "e-alva",
        "Alva",
        "Lindqvist",
        CLASS_7B,
        Story.SLOW_CLIMB,
        "A slow climb: single Mondays at first, every Monday by winter, about 30 % at the end; valid, then mixed.",
        "Långsam ökning: först enstaka måndagar, varje måndag framåt vintern, omkring 30 % mot slutet; giltig, sedan "
        "blandad.",
    ),
    CastPupil(
        "e-bilal",
        "Bilal",
        "Haddad",
        CLASS_8A,
        Story.LONG_ILLNESS,
        "A sudden long illness, all of it valid, then a return lesson by lesson and good attendance again.",
        "Plötslig lång sjukdom, all frånvaro giltig, sedan stegvis återgång och god närvaro igen.",
    ),
    CastPupil(
        "e-casper",
        "Casper",
        "Nyström",
        CLASS_8A,
        Story.SKIPS_PHYSICAL_EDUCATION,
        "Scattered invalid absence in one subject (PE): a small share of all time, yet two thirds of that subject.",
        "Ogiltig ströfrånvaro i ett ämne (idrott): liten del av all tid, men två tredjedelar av ämnet.",
    ),
    CastPupil(
        "e-dina",
        "Dina",
        "Kovac",
        CLASS_9B,
        Story.IMPROVING,
        "Over 40 % in the autumn; after support from January it falls week by week: shown as improvement.",
        "Över 40 % på hösten; efter stöd från januari sjunker frånvaron vecka för vecka: visas som förbättring.",
    ),
    CastPupil(
        "e-elias",
        "Elias",
        "Berg",
        CLASS_7B,
        Story.LATE,
        "Late to the first lesson every other morning: many occasions, few minutes.",
        "Sen till första lektionen varannan morgon: många tillfällen, få minuter.",
    ),
    CastPupil(
        "e-freja",
        "Freja",
        "Ström",
        CLASS_9B,
        Story.CHRONIC_ADAPTED,
        "Over half absent on an adapted timetable of three lessons a day: the timetable must be seen beside the rate.",
        "Över hälften frånvaro på ett anpassat schema om tre lektioner per dag: schemat ska synas bredvid andelen.",
        lessons=(2, 4),
    ),
    CastPupil(
        "e-gustav",
        "Gustav",
        "Holm",
        CLASS_8A,
        Story.AT_THE_LIMIT,
        "15.0 % over the school year, to the minute: on the limit is in.",
        "15,0 % över läsåret, på minuten: på gränsen räknas med.",
    ),
    CastPupil(
        "e-hassan",
        "Hassan",
        "Demir",
        CLASS_BRUK,
        Story.HIDDEN_BY_UNREPORTED,
        "Absent a fifth of the time, but so many registers are not taken that no rate can be given.",
        "Borta en femtedel av tiden, men så många lektioner är orapporterade att ingen andel kan anges.",
    ),
    CastPupil(
        "e-ida",
        "Ida",
        "Sundberg",
        CLASS_5C,
        Story.PROTECTED,
        "Protected identity, with two illness spells: the name may be seen by named staff only.",
        "Skyddad identitet, med två sjukdomsperioder: namnet får bara ses av namngiven personal.",
        is_protected=True,
    ),
    CastPupil(
        "e-jamal",
        "Jamal",
        "Osman",
        CLASS_5C,
        Story.MOVED,
        "Changed school in November and is away far more since: minutes of both schools are summed, never percentages.",
        "Bytte skola i november och är borta mycket mer sedan dess: skolornas minuter summeras, aldrig procenten.",
        earlier=CLASS_EKBACKEN,
    ),
    CastPupil(
        "e-klara",
        "Klara",
        "Wikström",
        CLASS_SA2A,
        Story.UPPER_SECONDARY_HOURS,
        "Upper secondary: more than four invalid hours in every whole month, under 15 % in all.",
        "Gymnasiet: mer än fyra ogiltiga timmar varje hel månad, under 15 % totalt.",
    ),
    CastPupil(
        "e-leo",
        "Leo",
        "Åberg",
        CLASS_5C,
        Story.STEADY,
        "Nothing to act on: a few days of illness.",
        "Inget att agera på: några dagars sjukdom.",
    ),
)

CAST_GROUPS = (CLASS_5C, CLASS_7B, CLASS_8A, CLASS_9B, CLASS_EKBACKEN, CLASS_BRUK, CLASS_SA2A)
MOVE_MONTH = 11

_SOCIAL_SERVICES = f"Socialtjänsten, {MUNICIPALITY}"
_REGION = "Barn- och ungdomspsykiatrin, Region Exempel"
_ORGANISER = f"Utbildningsförvaltningen, {MUNICIPALITY}"

CAST_ADULTS = (
    CastAdult("samira", "Samira", "Popovic", Role.CLASS_TEACHER, STRAND.name, group="5C"),
    CastAdult("maria", "Maria", "Sandberg", Role.MENTOR, STRAND.name, group="7B"),
    CastAdult("johan", "Johan", "Ek", Role.MENTOR, STRAND.name, group="8A"),
    CastAdult("lena", "Lena", "Falk", Role.MENTOR, STRAND.name, group="9B"),
    CastAdult("karin", "Karin", "Blom", Role.CLASS_TEACHER, EKBACKEN.name, group="5A"),
    CastAdult("asa", "Åsa", "Lundin", Role.MENTOR, BRUK.name, group="8A"),
    CastAdult("peter", "Peter", "Norberg", Role.MENTOR, BJORK.name, group="SA2A"),
    CastAdult("anna", "Anna", "Forsberg", Role.ATTENDANCE_COORDINATOR, STRAND.name),
    CastAdult("eva", "Eva", "Lindgren", Role.PRINCIPAL, STRAND.name),
    CastAdult("magnus", "Magnus", "Sjögren", Role.PRINCIPAL, BJORK.name),
    CastAdult("nadia", "Nadia", "Saleh", Role.SCHOOL_COUNSELLOR, STRAND.name),
    CastAdult("tomas", "Tomas", "Hedlund", Role.SOCIAL_WORKER, _SOCIAL_SERVICES),
    CastAdult("ingrid", "Ingrid", "Sjöberg", Role.CLINICIAN, _REGION),
    CastAdult("camilla", "Camilla", "Nordin", Role.ORGANISER_OFFICER, _ORGANISER),
    CastAdult("amir", "Amir", "Khalil", Role.KAA_COORDINATOR, _ORGANISER),
    CastAdult("birgitta", "Birgitta", "Öhman", Role.PROCESS_LEADER, _ORGANISER),
    CastAdult("henrik", "Henrik", "Dahl", Role.EVALUATOR, "FoU Exempel"),
    CastAdult("oskar", "Oskar", "Wallin", Role.SYSTEM_ADMINISTRATOR, _ORGANISER),
    CastAdult("sofia", "Sofia", "Lindqvist", Role.LEGAL_GUARDIAN, "", pupils=("e-alva",)),
    CastAdult("erik", "Erik", "Lindqvist", Role.LEGAL_GUARDIAN, "", pupils=("e-alva",)),
    CastAdult("rania", "Rania", "Haddad", Role.LEGAL_GUARDIAN, "", pupils=("e-bilal",)),
    CastAdult("vesna", "Vesna", "Kovac", Role.LEGAL_GUARDIAN, "", pupils=("e-dina",)),
    CastAdult("jenny", "Jenny", "Ström", Role.LEGAL_GUARDIAN, "", pupils=("e-freja",)),
    CastAdult("yasmin", "Yasmin", "Osman", Role.LEGAL_GUARDIAN, "", pupils=("e-jamal",)),
)


def mentor_of(unit: str, group: str) -> str | None:
    """The cast's mentor or class teacher of a class; other classes get an invented one."""
    return next((each.full_name for each in CAST_ADULTS if (each.workplace, each.group) == (unit, group)), None)

"""Every component once, with invented data: to look at, to test for accessibility, and to copy from."""

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.template.response import TemplateResponse

from narvaro.ui.charts import (
    Bar,
    Chart,
    Day,
    Mark,
    Normal,
    Number,
    Week,
    absence_split,
    day_map,
    profile_bars,
    week_series,
)
from narvaro.ui.formats import words
from narvaro.ui.parts import Absence, Column, Entry, Figure, Link, Step, Task

FIRST_MONDAY = date(2026, 8, 17)
BREAK_WEEK = 44
COLUMNS = (
    Column("Elev", "name"),
    Column("Frånvaro 4 veckor", "rate", largest_first=True),
    Column("12 veckor"),
    Column("Varför"),
    Column("Var i arbetsgången", "step"),
    Column("Nästa handling", hidden=True),
)
PUPILS: tuple[tuple[str, str, Absence, tuple[str, ...], Step | None], ...] = (
    ("Alva Bergqvist", "7B · mentor P. Rask", Absence(1600, 90, 350, 24, 0), ("3 hela dagar i rad",), None),
    (
        "Noah Lindström",
        "8A · mentor P. Rask",
        Absence(1600, 210, 60, 110, 120),
        ("Idrott: 4 av 5 lektioner", "Ökar snabbt (+11 pe)"),
        Step(3, "Elevhälsan utreder", "now", "Uppföljning 2 dec"),
    ),
    (
        "Maja Öberg",
        "5C · mentor P. Rask",
        Absence(1500, 300, 0, 0, 0),
        ("Återkommande måndagar",),
        Step(1, "Samtal", "done", "Klart 12 nov"),
    ),
    ("Elias Haddad", "9B · mentor S. Ahl", Absence(1600, 0, 0, 0, 1600), ("Inget rapporterat på 4 veckor",), None),
)
STEPS = (
    Step(1, "Samtal med elev och vårdnadshavare", "done", "14 okt, Karin Lund"),
    Step(2, "Möte med vårdnadshavare", "done", "28 okt"),
    Step(3, "Elevhälsoteamet utreder", "now", "klart senast 11 dec"),
    Step(4, "Rektor kallar, fler insatser"),
)
TIMELINE = (
    Entry(date(2026, 11, 19), "Insats startad", "Morgonstöd, familjebehandlare", "Följs upp tors 3 dec"),
    Entry(date(2026, 11, 17), "Elevens röst", "”Det är matsalen och omklädningsrummet.”", "Samtal med skolkurator"),
    Entry(date(2026, 11, 11), "Rektor beslutade om utredning", note="Anmäld till huvudman samma dag", url="#timeline"),
)
TASKS = (
    Task("Pedagogisk kartläggning", "S. Ahl · 27 nov", "#tasks"),
    Task("Fråga om fritid och kamrater", "Kurator · 27 nov"),
    Task("Skicka plan till vårdnadshavare", "Karin Lund · sen 2 dagar", "#tasks", late=True),
)
RATES: tuple[float | None, ...] = (
    0.06,
    0.08,
    0.05,
    0.1,
    0.12,
    0.09,
    0.14,
    0.13,
    0.18,
    0.16,
    None,
    None,
    0.22,
    0.29,
    0.27,
    0.31,
)


class TalkForm(forms.Form):
    said = forms.CharField(
        label="Vad kom ni fram till?", help_text="Börja med det som fungerar.", widget=forms.Textarea(attrs={"rows": 5})
    )
    again = forms.DateField(label="Följs upp", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    with_whom = forms.ChoiceField(
        label="Samtal med", choices=[("pupil", "Elev"), ("guardian", "Vårdnadshavare")], widget=forms.RadioSelect
    )
    how = forms.ChoiceField(label="Hur", choices=[("meeting", "Möte"), ("phone", "Telefon")])
    told = forms.BooleanField(label="Eleven vet att detta är antecknat", required=False)


def gallery_page(request: HttpRequest) -> TemplateResponse:
    page = Paginator(range(412), 20).get_page(request.GET.get("page", 3))
    return TemplateResponse(request, "ui/gallery.html", {**_lists(), **_charts(), **_forms(), "page": page})


def _lists() -> dict[str, object]:
    pupils = [
        {"name": name, "about": about, "absence": absence, "why": why, "step": step, "weeks": RATES[-12:]}
        for name, about, absence, why, step in PUPILS
    ]
    return {
        "crumbs": [Link("Ärenden", "#crumbs"), Link("Alva Bergqvist", "")],
        "figures": [
            Figure("3", "nya sedan i går", url="#figures"),
            Figure("5", "väntar på samtal"),
            Figure("2", "över tiden", "late"),
            Figure("7", "har vänt", "good"),
        ],
        "tags": [("Begränsad krets: 5 personer", "warn"), ("Nytt", "info")],
        "columns": COLUMNS,
        "pupils": pupils,
        "steps": STEPS,
        "tabs": [
            Link("Närvaro", "#tabs", current=True, figure="29 %"),
            Link("Steg", "#tabs-2", figure="3 av 4"),
            Link("Orsaker", "#tabs-3", figure="5"),
            Link("Plan och insatser", "#tabs-4", figure="2"),
            Link("Samverkan", "#tabs-5", figure="1"),
        ],
        "timeline": TIMELINE,
        "tasks": TASKS,
        "grades": [("", "Alla"), ("7", "7"), ("8", "8"), ("9", "9")],
        "keys": ["present", "part", "valid", "invalid", "late", "unknown", "holiday"],
    }


def _forms() -> dict[str, object]:
    return {"form": TalkForm(prefix="new"), "wrong": TalkForm({"sent-how": "meeting"}, prefix="sent")}


def _charts() -> dict[str, Chart]:
    say = words()
    return {
        "day_chart": day_map(_days(16), words=say, title="Alvas dagar, höstterminen 2026"),
        "year_chart": day_map(_days(40), words=say, title="Ett helt läsår"),
        "series_chart": week_series(
            _weeks(RATES),
            words=say,
            title="Frånvaro vecka för vecka",
            marks=[Mark(FIRST_MONDAY + timedelta(weeks=13), "Morgonstöd börjar")],
        ),
        "control_chart": week_series(
            _weeks([0.17, 0.16, 0.2, 0.2, 0.19, 0.21, 0.18, 0.19, 0.17, 0.18, 0.16, 0.14, 0.12, 0.13]),
            words=say,
            title="Elever med minst 15 % frånvaro",
            limits=(),
            normal=Normal(Fraction(15, 100), Fraction(19, 100), Fraction(23, 100)),
        ),
        "weekday_chart": profile_bars(_weekdays(), words=say, title="Veckodagar", heading="Veckodag", whole=0.21),
        "subject_chart": profile_bars(_subjects(), words=say, title="Ämnen", heading="Ämne", whole=0.21),
        "split_chart": absence_split(PUPILS[1][2], words=say, title="All undervisningstid, 4 veckor"),
    }


def _days(weeks: int) -> dict[date, Day]:
    dates = (FIRST_MONDAY + timedelta(weeks=week, days=day) for week in range(weeks) for day in range(5))
    return {day: _state(day) for day in dates}


def _state(day: date) -> Day:
    """Invented: a break, a week that nobody has reported, and more and more Mondays and Fridays away."""
    week = (day - FIRST_MONDAY).days // 7
    if day.isocalendar().week in (BREAK_WEEK, 52, 53, 1, 9):
        return "holiday"
    if week == 9:
        return "unknown"
    pattern: tuple[Day, ...] = ("invalid", "part", "valid", "valid", "late")
    seldom = day.toordinal() * 7 % 11
    return pattern[seldom % 5] if seldom < (4 if day.weekday() in (0, 4) else 1) + week // 8 else "present"


def _weeks(rates: Sequence[Number | None]) -> list[Week]:
    mondays = [FIRST_MONDAY + timedelta(weeks=week) for week in range(len(rates))]
    return [
        Week(monday, None if monday.isocalendar().week == BREAK_WEEK else rate, monday.isocalendar().week == BREAK_WEEK)
        for monday, rate in zip(mondays, rates, strict=True)
    ]


def _weekdays() -> list[Bar]:
    return [
        Bar("måndag", 0.42, "9 av 16", notable=True),
        Bar("tisdag", 0.12, "3 av 16"),
        Bar("onsdag", 0.08, "2 av 16"),
        Bar("torsdag", 0.14, "3 av 15"),
        Bar("fredag", 0.27, "5 av 16"),
    ]


def _subjects() -> list[Bar]:
    return [
        Bar("Idrott och hälsa", 0.48, "12 av 25", notable=True),
        Bar("Hem- och konsumentkunskap", 0.25, "4 av 16"),
        Bar("Matematik", 0.19, "8 av 42"),
        Bar("Slöjd", None),
    ]

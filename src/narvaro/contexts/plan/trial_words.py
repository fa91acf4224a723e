"""What a tried rule gave, in words, as a table and as a picture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from narvaro.contexts.plan.trial_results import Found
from narvaro.contexts.plan.trying import TrialTold
from narvaro.language import N_
from narvaro.ui.charts.chart import Chart, Svg, element, joined, picture
from narvaro.ui.formats import day_and_year, day_text, moment_text, number, words
from narvaro.ui.parts import Column, Figure, Link, Progress

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP = 760, 200, 40, 170, 16


@dataclass(frozen=True, slots=True)
class SchoolShown:
    name: str
    pupils: str
    flagged: str
    new: str
    most: str


def heading(trial: TrialTold) -> str:
    if trial.found is None:
        return _("Trying the rule")
    text = ngettext(
        "The rule would have flagged %(flagged)s of %(count)s pupil",
        "The rule would have flagged %(flagged)s of %(count)s pupils",
        trial.found.pupils,
    )
    return text % {"flagged": number(trial.found.flagged), "count": number(trial.found.pupils)}


def sentences(found: Found) -> list[str]:
    said = [
        _("Tried on %(first)s to %(last)s, each week on its last school day.")
        % {"first": day_and_year(found.first_day), "last": day_and_year(found.as_of)},
        _("%(deep)s pupils reached 30 %% absence in four weeks; %(missed)s of them were never flagged.")
        % {"deep": number(found.deep), "missed": number(found.missed)},
        _("%(never)s flagged pupils never reached 15 %%.") % {"never": number(found.never_notable)},
    ]
    if found.median_lead is not None:
        given = {"found": number(found.leads), "weeks": number(found.median_lead, 1 if found.median_lead % 1 else 0)}
        text = _("Half of the %(found)s flagged pupils who reached 30 %% were found at least %(weeks)s weeks before.")
        said.append(text % given)
    return said


def figures(found: Found) -> list[Figure]:
    weeks = max(1, len(found.weeks))
    new = sum(new for _monday, _flagged, new in found.weeks)
    lead = "–" if found.median_lead is None else number(found.median_lead, 1 if found.median_lead % 1 else 0)
    return [
        Figure(number(found.flagged), _("flagged")),
        Figure(number(new / weeks, 1), _("new a week")),
        Figure(lead, _("weeks before 30 %, half of them")),
        Figure(number(found.missed), _("reached 30 % unflagged")),
    ]


def columns() -> list[Column]:
    return [
        Column(_("School")),
        Column(_("Pupils"), numeric=True),
        Column(_("Flagged a week"), numeric=True),
        Column(_("New a week"), numeric=True),
        Column(_("Most new in a week"), numeric=True),
    ]


def schools(found: Found, names: Mapping[str, str]) -> list[SchoolShown]:
    rows = (
        SchoolShown(
            names.get(each.code, each.code),
            number(each.pupils),
            number(each.flagged / each.weeks, 1),
            number(each.new / each.weeks, 1),
            f"{number(each.most_new)} ({_week(each.most_new_monday)})",
        )
        for each in found.schools
    )
    return sorted(rows, key=lambda row: row.name)


def trial_link(trial: TrialTold) -> Link:
    given = {"rule": trial.rule, "name": trial.by, "day": moment_text(trial.at)}
    return Link(_("%(rule)s (%(name)s, %(day)s)") % given, reverse("plan_trial", args=[trial.key]))


def progress_of(trial: TrialTold) -> Progress | None:
    """None when nothing is under way."""
    if trial.job is None or not trial.job.under_way:
        return None
    note = _("it has waited long; ask whoever runs Närvaro whether the worker is on") if trial.job.waits_long else ""
    url = reverse("plan_trial_progress", args=[trial.key])
    return Progress(_("Trying the rule on every pupil and week"), trial.job.done, trial.job.total, url, note)


def failure(trial: TrialTold) -> str:
    if trial.found is not None or (trial.job and trial.job.under_way):
        return ""
    message = trial.job.message if trial.job else None
    return message.say(words().language) if message else _("The work was interrupted. Try again.")


def load_chart(found: Found) -> Chart:
    """New pupils a week: what the rule would have asked of those who are to act."""
    title, said = _("New pupils a week, all schools"), words()
    most = max((new for _monday, _flagged, new in found.weeks), default=0)
    text = said.say(N_("At most {most} new pupils in a week."), most=most)
    rows = tuple((_week(monday), number(flagged), number(new)) for monday, flagged, new in found.weeks)
    drawn = _drawn([(monday, new) for monday, _flagged, new in found.weeks], max(most, 1))
    return Chart(
        svg=picture("profile", _WIDTH, _HEIGHT, text, *drawn),
        title=title,
        description=text,
        columns=(_("Week"), _("Flagged"), _("New")),
        rows=rows,
    )


def _drawn(weeks: Sequence[tuple[date, int]], most: int) -> list[Svg]:
    step = (_WIDTH - _LEFT) / max(1, len(weeks))
    bars = [_bar(place, monday, new, step, most) for place, (monday, new) in enumerate(weeks)]
    return [*bars, element("text", number(most), class_="axis", x=0, y=_TOP + 4)]


def _bar(place: int, monday: date, new: int, step: float, most: int) -> Svg:
    height = round((_BOTTOM - _TOP) * new / most, 1)
    left = round(_LEFT + place * step, 1)
    tip = element("title", f"{_week(monday)}: {new}")
    bar = element("rect", class_="amount", x=left, y=_BOTTOM - height, width=round(step * 0.7, 1), height=height)
    label = element("text", str(monday.isocalendar().week), class_="axis middle", x=left + round(step * 0.35, 1), y=190)
    return joined(element("g", tip, bar), label if place % 4 == 0 else Svg(""))


def _week(monday: date) -> str:
    return _("wk %(week)s, %(day)s") % {"week": monday.isocalendar().week, "day": day_text(monday)}

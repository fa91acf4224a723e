"""What a tried rule gives, as a table or as JSON."""

import json
from collections import defaultdict
from collections.abc import Mapping

from rich.console import Console
from rich.table import Table

from narvaro.domain.rules import Expression
from narvaro.domain.school_calendar import monday_of
from narvaro.facts.trying import Trial, WeekTried
from narvaro.language import N_, Message, translate
from narvaro.report.visible_text import visible


def trial_json(rule: Expression, trial: Trial, names: Mapping[str, str]) -> str:
    """Weeks are told by their Monday. ``share_in_case`` is null: facts alone know of no cases."""
    weeks = [
        {
            "school_unit_id": week.school_unit_id,
            "school": names.get(week.school_unit_id),
            "week": _iso_week(week.week_no),
            "monday": monday_of(week.week_no).isoformat(),
            "pupils": week.evaluated,
            "flagged": week.flagged,
            "new": week.new,
        }
        for week in trial.weeks
    ]
    found = {
        "rule": str(rule),
        "pupils": trial.pupils,
        "flagged": trial.flagged,
        "reached_30": trial.deep,
        "reached_30_unflagged": trial.missed,
        "flagged_never_15": trial.never_notable,
        "share_in_case": None,
        "lead_weeks": [{"weeks": weeks, "pupils": pupils} for weeks, pupils in trial.lead_weeks],
        "median_lead_weeks": trial.median_lead,
        "weeks": weeks,
    }
    return json.dumps(found, ensure_ascii=False, indent=1)


def print_trial(rule: Expression, trial: Trial, names: Mapping[str, str], *, console: Console, language: str) -> None:
    for message in _sentences(rule, trial):
        console.print(message.say(language), highlight=False)
    console.print(_schools(trial, names, language))


def _sentences(rule: Expression, trial: Trial) -> list[Message]:
    said = [
        Message.of(
            "The rule {rule} would have flagged {flagged} of {pupils} pupils.",
            rule=rule,
            flagged=trial.flagged,
            pupils=trial.pupils,
        ),
        Message.of(
            "{deep} pupils reached 30 % absence in four weeks; {missed} of them were never flagged.",
            deep=trial.deep,
            missed=trial.missed,
        ),
        Message.of("{never} flagged pupils never reached 15 %.", never=trial.never_notable),
    ]
    if trial.median_lead is not None:
        found = sum(pupils for _, pupils in trial.lead_weeks)
        said.append(
            Message.of(
                "Half of the {found} flagged pupils who reached 30 % were found at least {weeks} weeks before.",
                found=found,
                weeks=f"{trial.median_lead:g}",
            )
        )
    return said


def _schools(trial: Trial, names: Mapping[str, str], language: str) -> Table:
    table = Table(box=None)
    titles = (N_("School"), N_("Weeks"), N_("Pupils"), N_("Flagged a week"), N_("New a week"), N_("Most new in a week"))
    for place, title in enumerate(titles):
        table.add_column(translate(title, language), justify="left" if place == 0 else "right")
    for unit, weeks in sorted(_by_school(trial).items(), key=lambda item: names.get(item[0], item[0])):
        peak = max(weeks, key=lambda week: week.new)
        table.add_row(
            visible(names.get(unit, unit)),
            str(len(weeks)),
            str(max(week.evaluated for week in weeks)),
            f"{sum(week.flagged for week in weeks) / len(weeks):.1f}",
            f"{sum(week.new for week in weeks) / len(weeks):.1f}",
            f"{peak.new} ({_iso_week(peak.week_no)})",
        )
    return table


def _by_school(trial: Trial) -> dict[str, list[WeekTried]]:
    schools: dict[str, list[WeekTried]] = defaultdict(list)
    for week in trial.weeks:
        schools[week.school_unit_id].append(week)
    return schools


def _iso_week(week_no: int) -> str:
    year, week, _ = monday_of(week_no).isocalendar()
    return f"{year}-W{week:02d}"

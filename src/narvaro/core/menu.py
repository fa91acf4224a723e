"""The menu, in the order of the map of the application. An entry is shown to those whose role may open it."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Entry:
    """``covers``: the routes at which the entry is marked as where one is. ``about``: what is there, for the first page
    of those who have no pupils on it."""

    route: str
    label: Promise
    covers: tuple[str, ...]
    about: Promise | str = ""


MENU = (
    Entry("today", _("Today"), ("today",)),
    Entry("warnings", _("To act on"), ("warnings", "pupil", "pupil_lessons", "pupil_who", "warning", "meeting")),
    Entry(
        "cases",
        _("Cases"),
        (
            *("cases", "case_tasks", "case_worry", "case_entry", "case_task_end", "case_task_give", "case_receive"),
            *("case_away", "case_note", "case_task_add", "case_move", "case_plan", "case_circle", "case", "case_open"),
            *("conversation_new", "meeting_plan", "meeting_show", "meeting_hold", "meeting_correct", "meeting_move"),
            *("meeting_people", "meeting_cancel", "meeting_letter"),
        ),
        _("Cases that you have been let into, and where you tell of a worry about a pupil."),
    ),
    Entry(
        "plan",
        _("Attendance plan"),
        (
            *("plan", "plan_plain", "plan_versions", "plan_preset", "plan_version", "plan_staircase", "plan_map"),
            *(
                "plan_compare",
                "plan_part",
                "plan_approve",
                "plan_evaluation",
                "plan_try",
                "plan_trial",
                "plan_schools",
                "plan_school",
            ),
        ),
        _("What is done when a pupil is away: the steps, and who does what when."),
    ),
    Entry(
        "duties",
        _("Duties"),
        (
            *("duties", "homes", "home_tell", "leaves", "leave_new", "leave", "csn", "csn_notice", "investigation"),
            *("investigation_text", "investigation_decide", "investigation_write", "investigation_consult"),
            *("notice_make", "move_notice", "notice", "duties_law"),
        ),
    ),
    Entry(
        "duties_overview",
        _("Duties"),
        (
            *("duties_overview", "received_notices", "received_new", "received_notice"),
            *("received_handler", "received_link", "received_assess"),
        ),
        _("How the law's duties stand at each school, and what other organisers have told."),
    ),
    Entry(
        "settings",
        _("Settings"),
        (
            *("settings", "settings_units", "settings_unit", "settings_staff", "settings_invite", "settings_person"),
            *("settings_calendar", "settings_calendar_year", "settings_calendar_unit"),
            *("settings_protected", "settings_protected_pupil"),
            *("intake", "intake_run", "intake_columns", "intake_rejected", "intake_undo"),
            *("sources", "source_new", "source", "source_address", "source_units", "source_choices", "source_forget"),
            *("source_missing", "source_run"),
            *("national", "national_file", "national_identity"),
        ),
        _("What is set up for the municipality: schools, people, the school year, and what is read in."),
    ),
)

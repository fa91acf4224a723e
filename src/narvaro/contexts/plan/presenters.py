"""Versions of the plan for the pages: headings, states, links and what may be done."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from narvaro.contexts.plan.carrying import Affected
from narvaro.contexts.plan.parts import MANY, WHOLE
from narvaro.contexts.plan.queries import DeviationTold
from narvaro.contexts.plan.versions import CommentTold, VersionRow
from narvaro.core.access import access
from narvaro.core.actor import Actor
from narvaro.domain.plan import Plan
from narvaro.domain.plan_deviations import CONTACTS, parts_of, value_at
from narvaro.domain.plan_diff import Part
from narvaro.plans.diff_words import NAMES, part_words
from narvaro.plans.telling import days_words, plan_told, role_words
from narvaro.ui.formats import day_and_year, moment_text, words
from narvaro.ui.parts import Column, Entry, Link

Tags = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PresetShown:
    title: str
    kind: str
    source: str
    url: str


@dataclass(frozen=True, slots=True)
class VersionShown:
    number: int
    title: str
    url: str
    state: str
    colour: str
    about: str
    reason: str
    compare_url: str


@dataclass(frozen=True, slots=True)
class CommentShown:
    part: str
    text: str
    by: str
    at: str
    settled: bool
    settle_url: str


@dataclass(frozen=True, slots=True)
class PartLink:
    """``place``: the part's address within the page."""

    label: str
    place: str
    url: str
    remove_url: str


def language() -> str:
    return words().language


def may(actor: Actor, action: str) -> bool:
    return access().decide(actor, action).allowed


def crumbs(here: str, *above: tuple[str, str]) -> list[Link]:
    return [Link(_("Attendance plan"), reverse("plan")), *(Link(*each) for each in above), Link(here, "")]


def version_crumbs(version: VersionRow, here: str) -> list[Link]:
    return crumbs(here, (title(version), reverse("plan_version", args=[version.key])))


def heading(version: VersionRow, plan: Plan) -> str:
    steps = ngettext("%(count)s step", "%(count)s steps", len(plan.steps)) % {"count": len(plan.steps)}
    rules = ngettext("%(count)s rule", "%(count)s rules", len(plan.rules)) % {"count": len(plan.rules)}
    text = _("The plan in force has %(steps)s and %(rules)s") if version.is_in_force else _("%(steps)s and %(rules)s")
    return text % {"steps": steps, "rules": rules}


def title(version: VersionRow) -> str:
    return _("Version %(number)s: %(title)s") % {"number": version.number, "title": version.title}


def lede(version: VersionRow) -> str:
    if version.is_draft:
        given = {"name": version.author, "day": moment_text(version.changed_at)}
        return _("Draft by %(name)s, changed %(day)s. It changes nothing until somebody else approves it.") % given
    if version.state == "withdrawn":
        return _("This draft was withdrawn.")
    if not version.approved_by:
        if version.is_in_force:
            return _("Nobody has approved a plan yet, so the one that comes with Närvaro holds.")
        return _("It came with Närvaro, and held until another version was approved.")
    given = {"name": version.approved_by, "day": day_and_year(version.in_force_from)}
    approved = _("Approved by %(name)s, in force from %(day)s.") % given
    if not version.decided_on:
        return approved
    decided = {"reference": version.decision_reference, "day": day_and_year(version.decided_on)}
    return " ".join((approved, _("Decision %(reference)s, %(day)s.") % decided))


def in_full(version: VersionRow) -> str:
    """Under the plan's own name: "Version 2. Approved by Rut Ek, in force from ..."."""
    return f"{_('Version %(number)s.') % {'number': version.number}} {lede(version)}"


def tags(version: VersionRow, today: date) -> Tags:
    return (state_of(version, today),)


def state_of(version: VersionRow, today: date) -> tuple[str, str]:
    if version.is_draft:
        return _("draft"), "warn"
    if version.state == "withdrawn":
        return _("withdrawn"), ""
    if version.is_in_force:
        return _("in force"), "good"
    if version.in_force_from and version.in_force_from > today:
        return _("from %(day)s") % {"day": day_and_year(version.in_force_from)}, "info"
    return _("earlier"), ""


def tabs(version: VersionRow, here: str) -> list[Link]:
    pages = (
        ("plan_version", _("The whole plan")),
        ("plan_staircase", _("On one page")),
        ("plan_map", _("Who does what when")),
        ("plan_evaluation", _("How it has worked")),
    )
    links = [Link(label, reverse(route, args=[version.key]), route == here) for route, label in pages]
    return [*links, Link(_("For guardians"), reverse("plan_plain")), Link(_("Versions"), reverse("plan_versions"))]


def version_shown(version: VersionRow, in_force: VersionRow | None, today: date) -> VersionShown:
    state, colour = state_of(version, today)
    other = in_force.key if in_force and in_force.key != version.key else None
    compare = f"{reverse('plan_compare', args=[version.key])}?with={other}" if other else ""
    url = reverse("plan_version", args=[version.key])
    return VersionShown(version.number, version.title, url, state, colour, lede(version), version.reason, compare)


def version_columns() -> list[Column]:
    return [
        Column(_("Version"), numeric=True),
        Column(_("Title")),
        Column(_("Status")),
        Column(_("About it")),
        Column(_("Compare"), hidden=True),
    ]


def versions_heading(rows: Sequence[VersionRow]) -> str:
    drafts = sum(row.is_draft for row in rows)
    text = ngettext(
        "%(count)s version, %(drafts)s being drafted", "%(count)s versions, %(drafts)s being drafted", len(rows)
    )
    return text % {"count": len(rows), "drafts": drafts}


def preset_shown(name: str, plan: Plan) -> PresetShown:
    told = plan_told(plan, language())
    return PresetShown(told.title, told.kind, told.source, reverse("plan_preset", args=[name]))


def part_links(version: VersionRow, plan: Plan) -> list[PartLink]:
    """Every part of a draft with where it is changed, in the order of the plan."""
    return [_part_link(version, plan, part) for part in parts_in(plan)]


def parts_in(plan: Plan) -> list[Part]:
    many = (
        *(("step", str(step.number)) for step in plan.steps),
        *(("rule", rule.id) for rule in plan.rules),
        *(("case_rule", rule.id) for rule in plan.case_rules),
    )
    return [("about", ""), *many, *((name, "") for name in WHOLE if name != "about")]


def place_of(part: Part) -> str:
    return "-".join(filter(None, part))


def _part_link(version: VersionRow, plan: Plan, part: Part) -> PartLink:
    place = place_of(part)
    remove = reverse("plan_part_remove", args=[version.key, place]) if part[0] in MANY else ""
    return PartLink(part_words(part, plan, language()), place, reverse("plan_part", args=[version.key, place]), remove)


def place_words(place: str, plan: Plan) -> str:
    known = {place_of(part): part for part in parts_in(plan)}
    return part_words(known[place], plan, language()) if place in known else _("The whole plan")


def comments_shown(comments: Iterable[CommentTold], version: VersionRow, plan: Plan) -> list[CommentShown]:
    return [
        CommentShown(
            place_words(each.place, plan),
            each.text,
            each.by,
            moment_text(each.at),
            each.settled,
            reverse("plan_comment_settle", args=[version.key, each.key]),
        )
        for each in comments
    ]


def deviation_entry(each: DeviationTold, plan: Plan) -> Entry:
    note = _("%(reason)s (%(name)s)") % {"reason": each.reason, "name": each.by_name}
    what = f"{each.unit_name}: {deviation_words(each.place, each.value, plan)}"
    until = _("ended %(day)s") % {"day": day_and_year(each.last_day)} if each.last_day else ""
    return Entry(each.first_day, what, until, note)


def deviation_words(place: str, value: Any, plan: Plan) -> str:
    """ "Step 2, first contact within: 3 school days"."""
    return f"{deviation_place(place, plan)}: {deviation_value(place, value)}"


def deviation_place(place: str, plan: Plan) -> str:
    number, part = parts_of(place)
    names = {
        "meeting.within": _("Meeting within"),
        "meeting.participants": _("Who is at the meeting"),
        "must_do": _("What is also always done"),
    }
    name = names.get(part) or _(NAMES[part])
    return _("Step %(number)s, %(what)s") % {"number": number, "what": name[:1].lower() + name[1:]} if number else name


@dataclass(frozen=True, slots=True)
class SchoolAffected:
    """What a school does otherwise today; ``fits``: the new version allows it too."""

    school: str
    what: str
    value: str
    fits: bool


def schools_affected(found: Iterable[Affected], plan: Plan) -> tuple[SchoolAffected, ...]:
    """``plan``: the one in force, whose places they are."""
    return tuple(
        SchoolAffected(
            school=each.deviation.unit_name,
            what=deviation_place(each.deviation.place, plan),
            value=deviation_value(each.deviation.place, each.deviation.value),
            fits=each.fits,
        )
        for each in found
    )


def deviation_value(place: str, value: Any) -> str:
    if isinstance(value, int):
        return days_words(value, language())
    if place.endswith(("participants", "others")):
        return ", ".join(role_words(role, language()) for role in value)
    return _listed(each if isinstance(each, str) else _contact(each) for each in value or ())


def _listed(texts: Iterable[str]) -> str:
    """On one line; what is a sentence has its own full stop."""
    return "; ".join(texts).replace(".; ", ". ") or "–"


def plan_value(place: str, plan: Plan) -> str:
    """What the plan says there; of what schools add to, all that it has."""
    number, part = parts_of(place)
    if part == CONTACTS:
        return _listed(each.function.say(language()) for each in plan.contacts)
    step = plan.step(number)
    if part == "must_do" and step:
        return _listed(each.text.say(language()) for each in step.work.must_do)
    return deviation_value(place, value_at(plan, place))


def _contact(value: dict[str, str]) -> str:
    return ", ".join(value[name] for name in ("function", "name", "phone", "email") if value.get(name))


def step_words(plan: Plan, number: int) -> str:
    """ "2 · Möte och enkel kartläggning"; the number alone for a step that the plan does not have."""
    step = plan.step(number)
    return str(number) if step is None else f"{number} · {step.name.say(words().language)}"

"""The law table in words."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from narvaro.domain.law import LawNumber, LawRule, LawTable
from narvaro.ui.formats import words


@dataclass(frozen=True, slots=True)
class LawShown:
    """A row of the law table in words."""

    id: str
    title: str
    text: str
    paragraph: str
    read: bool
    valid: str
    forms: str
    default_forms: str
    duty_of: str
    when: str
    record: str
    numbers: tuple[tuple[str, bool], ...]
    own: str
    moving: str


def law(table: LawTable, day: date) -> tuple[LawShown, ...]:
    return tuple(_law_row(each) for each in table.in_force(day))


def _law_row(rule: LawRule) -> LawShown:
    language = words().language
    until = words().day_and_year(rule.valid_to) if rule.valid_to else _("until further notice")
    return LawShown(
        id=rule.id,
        title=rule.title.say(language),
        text=rule.text.say(language),
        paragraph=rule.paragraph,
        read=rule.evidence == "read",
        valid=_("%(first)s – %(last)s") % {"first": rule.valid_from.isoformat(), "last": until},
        forms=_forms(rule.forms),
        default_forms=_forms(rule.default_forms),
        duty_of=_duty_of(rule.duty_of),
        when=rule.when.say(language),
        record=rule.record.say(language),
        numbers=tuple((_number(each), each.kind == "law") for each in rule.numbers),
        own=rule.own.say(language) if rule.own else "",
        moving=rule.moving.say(language) if rule.moving else "",
    )


def _forms(codes: tuple[str, ...]) -> str:
    names = {
        "FKLASS": _("preschool class"),
        "GR": _("compulsory school"),
        "GRS": _("adapted compulsory school"),
        "SP": _("special school"),
        "SAM": _("Sami school"),
        "GY": _("upper secondary school"),
        "GYS": _("adapted upper secondary school"),
    }
    return ", ".join(names[code] for code in codes)


def _duty_of(who: str) -> str:
    return {
        "pupil": _("the pupil"),
        "principal": _("the principal"),
        "organiser": _("the organiser"),
        "home_municipality": _("the home municipality"),
    }[who]


def _number(number: LawNumber) -> str:
    """ "answer within 3 school days"."""
    value = number.value
    if number.name == "same_day":
        return _("the same day")
    units = {
        "school_days": ngettext("%(count)s school day", "%(count)s school days", value),
        "days": ngettext("%(count)s day", "%(count)s days", value),
        "years": ngettext("%(count)s year", "%(count)s years", value),
        "hours": ngettext("%(count)s hour", "%(count)s hours", value),
        "percent": _("%(count)s per cent"),
        "grade": _("grade %(count)s"),
    }
    names = {
        "report_within": _("report within"),
        "decide_within": _("decide within"),
        "finish_within": _("finish within"),
        "answer_within": _("answer within"),
        "assess_within": _("assess within"),
        "tell_within": _("tell within"),
        "delegable_days": _("may be handed over up to"),
        "of_age": _("of age at"),
        "under_age": _("until"),
        "party_from": _("party from"),
        "tries": _("tries on different days"),
        "considerable_percent": _("considerable from"),
        "considerable_days": _("considerable from"),
        "hours": _("from"),
        "occasions": _("repeated from"),
        "last_grade": _("last grade"),
        "last_compulsory_grade": _("last grade of compulsory school"),
    }
    return f"{names[number.name]} {units[number.unit] % {'count': value}}"

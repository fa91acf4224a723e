"""Today: what happens with my pupils, whom have we not seen, what got better, what is mine to do (M04)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from narvaro.contexts.attendance.api import Overview, overview
from narvaro.contexts.register.api import PupilCard, pupil_cards, search, visible_pupil_ids
from narvaro.contexts.warnings.listing import Choice, Listed, ToActOn, to_act_on
from narvaro.contexts.warnings.own_work import own_work
from narvaro.contexts.warnings.panels import SHOWN, Line, Panel, answer
from narvaro.core.access import access
from narvaro.core.actor import Actor
from narvaro.domain.change import Direction, direction
from narvaro.domain.warning_states import Situation
from narvaro.ui.formats import words

UNSEEN_DAYS = 3
_OWN = {"own_child", "self"}
LONGEST_NAME = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """``pupils``: ids of everybody who is named on the page, for the audit. ``leads_on``: to what is in the menu."""

    heading: str
    lede: str
    panels: tuple[Panel, ...]
    children: tuple[Line, ...]
    pupils: tuple[int, ...]
    looks: bool = False
    looked_for: str = ""
    leads_on: bool = False


def day_of(actor: Actor, text: str = "") -> Day:
    """What this role has to do with today; first what the person has taken on. ``text`` is a name that those look for
    who follow pupils without a list."""
    panels, named = own_work(actor)
    day = _day_of_role(actor, text)
    return replace(day, panels=(*panels, *day.panels), pupils=tuple(sorted({*day.pupils, *named})))


def _day_of_role(actor: Actor, text: str) -> Day:
    if access().decide(actor, "warning.read").allowed:
        return _working_day(actor)
    decision = access().decide(actor, "attendance.read")
    if _OWN & set(decision.relations):
        return _own_pupils(actor)
    if decision.allowed:
        return _looking_for(actor, text)
    return Day(
        heading=_("Good to see you, %(name)s") % {"name": actor.name.partition(" ")[0]},
        lede=_("Your role does not show single pupils."),
        panels=(),
        children=(),
        pupils=(),
        leads_on=True,
    )


def _own_pupils(actor: Actor) -> Day:
    """For guardians and pupils: their own, by name, nothing judged."""
    followed = overview(actor, visible_pupil_ids(actor, "attendance.read"))
    ids = list(visible_pupil_ids(actor, "attendance.read").values_list("pk", flat=True))
    cards = pupil_cards(actor, ids)
    return Day(
        heading=_("How school attendance is going"),
        lede=_("Here you see the same figures as the school does."),
        panels=(),
        children=tuple(Line.of(cards[pk], _present(followed.get(pk))) for pk in ids if pk in cards),
        pupils=tuple(ids),
    )


def _looking_for(actor: Actor, text: str) -> Day:
    """For those who may read about a school's pupils but have no list of their own, such as the school nurse."""
    cards = search(actor, text)
    return Day(
        heading=_("Which pupil are you looking for?"),
        lede=_("You can read about the attendance of the pupils whom your assignment covers."),
        panels=(),
        children=tuple(Line.of(card) for card in cards),
        pupils=tuple(card.pk for card in cards),
        looked_for=text[:LONGEST_NAME],
        looks=True,
    )


def _present(known: Overview | None) -> str:
    if known is None or known.rate is None:
        return _("The share of attended time cannot be told yet.")
    return _("present %(share)s of the latest 20 school days") % {
        "share": words().percent(1 - Fraction(known.rate, 10_000))
    }


def _working_day(actor: Actor) -> Day:
    found = to_act_on(actor, Choice())
    followed = found.followed
    better = sorted((pk for pk, each in followed.items() if _got_better(each)), key=lambda pk: followed[pk].trend or 0)
    new = [each for each in found.found if each.situation in (Situation.NEW, Situation.FIRED_AGAIN)]
    due = [each for each in found.found if each.situation is Situation.FOLLOW_UP_DUE]
    unseen = _unseen(found)
    shown = {each.pupil for each in (*new[:SHOWN], *due[:SHOWN])} | set(unseen[:SHOWN]) | set(better[:SHOWN])
    cards = pupil_cards(actor, shown)
    panels = (
        _panel(_("What happens with my pupils?"), _("%(count)s have new or worse warnings"), new, cards, "new"),
        _panel(
            _("What is mine to follow up?"),
            _("%(count)s have a follow-up day that has come"),
            due,
            cards,
            "follow_up_due",
        ),
        _unseen_panel(unseen, followed, cards),
        _better_panel(better, followed, cards),
    )
    return Day(heading=_heading(new, due), lede=_lede(found), panels=panels, children=(), pupils=tuple(sorted(shown)))


def _heading(new: list[Listed], due: list[Listed]) -> str:
    say = words()
    if not new and not due:
        return _("Nobody waits for you today")
    told = ngettext(
        "%(new)s pupil has something new, %(due)s to follow up",
        "%(new)s pupils have something new, %(due)s to follow up",
        len(new),
    )
    return told % {
        "new": say.number(len(new)),
        "due": say.number(len(due)),
    }


def _lede(found: ToActOn) -> str:
    if found.as_of is None:
        return _("No attendance has been read in yet.")
    return _("Of the %(count)s pupils you follow. Attendance to %(day)s, %(coverage)s of the lesson time reported.") % {
        "count": words().number(len(found.followed)),
        "day": words().day(found.as_of),
        "coverage": words().share(found.reported, found.offered, 1),
    }


def _panel(question: str, told: str, found: list[Listed], cards: dict[int, PupilCard], situation: str) -> Panel:
    return Panel(
        question=question,
        answer=answer(told, len(found)),
        lines=tuple(_listed_line(each, cards[each.pupil]) for each in found[:SHOWN] if each.pupil in cards),
        more=max(len(found) - SHOWN, 0),
        more_url=f"{reverse('warnings')}?situation={situation}",
    )


def _listed_line(each: Listed, card: PupilCard) -> Line:
    rate = each.overview.rate if each.overview else None
    text = _("step %(step)s") % {"step": each.step}
    if rate is not None:
        text = _("%(rate)s absence in 20 school days, step %(step)s") % {
            "rate": words().percent(Fraction(rate, 10_000)),
            "step": each.step,
        }
    return _line(card, text)


def _line(card: PupilCard, text: str) -> Line:
    return Line(name=card.name, about=card.class_name, text=text, url=reverse("warning", args=[card.key]))


def _unseen(found: ToActOn) -> list[int]:
    """Away the whole of each of the latest school days, the longest first."""
    away = [pk for pk, each in found.followed.items() if each.current_spell >= UNSEEN_DAYS]
    return sorted(away, key=lambda pk: -found.followed[pk].current_spell)


def _unseen_panel(unseen: list[int], followed: Mapping[int, Overview], cards: dict[int, PupilCard]) -> Panel:
    text = _("away the latest %(days)s school days")
    return Panel(
        question=_("Whom have we not seen?"),
        answer=answer(_("%(count)s have been away at least three whole school days in a row"), len(unseen)),
        lines=tuple(
            _line(cards[pk], text % {"days": followed[pk].current_spell}) for pk in unseen[:SHOWN] if pk in cards
        ),
        more=max(len(unseen) - SHOWN, 0),
        more_url=f"{reverse('warnings')}?sort=-rate",
    )


def _got_better(each: Overview) -> bool:
    return each.trend is not None and direction(Fraction(each.trend, 100)) is Direction.FALLING


def _better_panel(better: Iterable[int], followed: Mapping[int, Overview], cards: dict[int, PupilCard]) -> Panel:
    found = list(better)
    return Panel(
        question=_("What got better?"),
        answer=answer(_("%(count)s have fallen by at least five percentage points"), len(found)),
        lines=tuple(
            Line(
                name=cards[pk].name,
                about=cards[pk].class_name,
                text=_("%(change)s since the 20 school days before")
                % {"change": words().points(Fraction(followed[pk].trend or 0, 100))},
                url=reverse("pupil", args=[cards[pk].key]),
            )
            for pk in found[:SHOWN]
            if pk in cards
        ),
        more=max(len(found) - SHOWN, 0),
        more_url=f"{reverse('warnings')}?sort=trend",
    )

"""How duties stand, in the reader's words: for a case's panel, the duties page and the organiser."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from narvaro.contexts.duties.known import Known
from narvaro.contexts.duties.permissions import DECIDE, WRITE
from narvaro.core.access import access
from narvaro.core.actor import Actor
from narvaro.domain.duties import Standing, State
from narvaro.domain.law import LawTable
from narvaro.language import Message
from narvaro.plans.law import law_table
from narvaro.ui.formats import words
from narvaro.ui.parts import Kind

CARRIED_THROUGH = "A6_end"
KINDS: Mapping[State, Kind] = {State.LATE: "late", State.DUE: "warn", State.MET: "good", State.NOT_APPLICABLE: ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyTold:
    """One duty of one case or pupil. ``url`` leads to where it is done, empty where the reader may not or need not."""

    rule: str
    title: str
    state: State
    state_words: str
    kind: Kind
    why: str
    required: str
    missing: str
    due: date | None
    late: int
    url: str = ""
    act: str = ""

    @property
    def is_open(self) -> bool:
        return self.state in (State.DUE, State.LATE)


def told(actor: Actor, known: Known) -> tuple[DutyTold, ...]:
    """Of one case, in the order of the table; what needs somebody is marked."""
    return tuple(duty(each, _places(actor, known, each)) for each in known.standings)


def duty(standing: Standing, place: tuple[str, str] = ("", "")) -> DutyTold:
    return DutyTold(
        rule=standing.rule,
        title=title_of(standing.rule),
        state=standing.state,
        state_words=state_words(standing),
        kind=KINDS[standing.state],
        why=said(standing.why),
        required="" if standing.required == "law" else _("not required by law"),
        missing=_missing(standing.missing),
        due=standing.due,
        late=standing.late,
        url=place[0],
        act=place[1],
    )


def title_of(rule: str) -> str:
    if rule == CARRIED_THROUGH:
        return _("Carry the investigation through")
    found = next((each for each in _table().rules if each.id == rule), None)
    return rule if found is None else found.title.say(words().language)


def _table() -> LawTable:
    return law_table()


def state_words(standing: Standing) -> str:
    """ "3 school days late", "By Fri 8 May", "Done", "Not applicable"."""
    late = standing.late
    if standing.state is State.LATE:
        return ngettext("%(count)s school day late", "%(count)s school days late", late) % {"count": late}
    if standing.state is State.DUE:
        return _("By %(day)s") % {"day": words().day(standing.due)} if standing.due else _("Waits")
    if standing.state is State.NOT_APPLICABLE:
        return _("Not applicable")
    if not late:
        return _("Done")
    return ngettext("Done, %(count)s school day late", "Done, %(count)s school days late", late) % {"count": late}


def said(message: Message) -> str:
    """With days written as people write them."""
    say = words()
    values = {name: say.day(value) if isinstance(value, date) else value for name, value in message.values}
    return Message.of(message.text, **values).say(say.language)


def _missing(parties: Iterable[str]) -> str:
    names = {
        "pupil": _("the pupil"),
        "guardian": _("a guardian"),
        "pupil_health": _("pupil health"),
    }
    counts = Counter(each.partition(":")[0] for each in parties)
    told_parties = [
        names[party] if count == 1 else ngettext("%(count)s guardian", "%(count)s guardians", count) % {"count": count}
        for party, count in counts.items()
    ]
    return _("Not yet: %(who)s.") % {"who": ", ".join(told_parties)} if told_parties else ""


def _places(actor: Actor, known: Known, standing: Standing) -> tuple[str, str]:
    """Where the one thing to do is done, and what the button says."""
    if not standing.is_open:
        return "", ""
    key, rule = known.case.key, standing.rule
    places: dict[str, tuple[str, str, str]] = {
        "A6": (DECIDE, reverse("investigation_decide", args=[key]), _("Decide")),
        CARRIED_THROUGH: (WRITE, reverse("investigation_write", args=[key]), _("Write")),
        "A7": (WRITE, reverse("investigation_consult", args=[key]), _("Note who was heard")),
        "A8": (WRITE, reverse("investigation_write", args=[key]), _("Answer")),
        "Q6": (WRITE, reverse("investigation_consult", args=[key]), _("Note it")),
    }
    action, url, label = places.get(rule) or (WRITE, reverse("notice_make", args=[key, rule]), _("Make the notice"))
    return (url, label) if access().decide(actor, action).allowed else ("", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """How many duties stand how; ``applies`` is all but those that are not applicable."""

    label: str
    late: int
    due: int
    met: int
    url: str = ""

    @property
    def applies(self) -> int:
        return self.late + self.due + self.met


def counted(label: str, states: Iterable[State], url: str = "") -> Counted:
    counts = Counter(states)
    return Counted(label=label, late=counts[State.LATE], due=counts[State.DUE], met=counts[State.MET], url=url)

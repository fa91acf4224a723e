"""Why is this pupil missing? Answered from the register and from what the latest reading had to leave out.

Nobody is told that somebody is protected: to those who may not see the pupil it is the same as nobody.
"""

from dataclasses import dataclass
from datetime import date

from narvaro.contexts.register.api import Whereabouts, whereabouts
from narvaro.contexts.sources.kept import organisations_of
from narvaro.contexts.sources.models import LeftOut, Source
from narvaro.contexts.sources.own_findings import name_key
from narvaro.core import jobs
from narvaro.core.actor import Actor
from narvaro.core.clock import today
from narvaro.language import Message

MOST = 10
UNIT = "Skolenhet"


@dataclass(frozen=True, slots=True)
class Answer:
    """``known``: pupils of this name in the register, with where they have been. ``reasons``: why lines of this name
    were left out. ``not_chosen``: schools of the source that are not read."""

    day: date
    known: tuple[Whereabouts, ...]
    reasons: tuple[Message, ...]
    not_chosen: tuple[str, ...]


def why_missing(actor: Actor, source: Source, name: str) -> Answer:
    """The name is neither kept nor logged."""
    left_out = LeftOut.objects.filter(run__source=source, name_key=name_key(name)).order_by("pk")
    stored = left_out.values_list("reason", flat=True)[:MOST]
    reasons = tuple(dict.fromkeys(message for each in stored if (message := jobs.restored(each))))
    return Answer(today(), whereabouts(actor, name)[:MOST], reasons, _not_chosen(source))


def _not_chosen(source: Source) -> tuple[str, ...]:
    if not source.units:
        return ()
    units = (each for each in organisations_of(source.organisations) if each.kind == UNIT)
    return tuple(sorted(each.name for each in units if each.id not in source.units))

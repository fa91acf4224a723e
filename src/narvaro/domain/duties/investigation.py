"""The duties around an investigation of absence: A6 to A10, and the pupil as a party (Q6)."""

from dataclasses import replace
from datetime import date

from narvaro.domain.duties.facts import Consulted, InvestigationFacts, NoticeFacts, Party, PupilFacts, Receiver
from narvaro.domain.duties.standing import (
    Asked,
    Said,
    Standing,
    State,
    by_deadline,
    covering,
    is_at_least,
    not_applicable,
)
from narvaro.domain.law import LawRule
from narvaro.domain.plan import ClosingNeed
from narvaro.language import N_, Message

_NOT_STARTED = Message(N_("No investigation has been started."))
_OF_HOME = Message(N_("The organiser is the pupil's home municipality."))
_HOME_UNKNOWN = Message(
    N_("The register does not say which the home municipality is. Find out, then tell it or write that it is ours.")
)


def case_duties(
    asked: Asked, pupil: PupilFacts, investigation: InvestigationFacts | None, question_since: date | None
) -> tuple[Standing, ...]:
    """``question_since``: the day the case came to a step at which the plan asks whether to investigate."""
    return (
        decided(asked, pupil, investigation, question_since),
        finished(asked, pupil, investigation),
        consulted(asked, pupil, investigation),
        special_support(asked, pupil, investigation),
        told(asked, pupil, investigation, "A9", "organiser"),
        _home_told(asked, pupil, investigation),
        party(asked, pupil, investigation),
    )


def decided(
    asked: Asked, pupil: PupilFacts, investigation: InvestigationFacts | None, question_since: date | None
) -> Standing:
    """A6: started, or unnecessary with a reason, by the principal. Before that a number asks, it never answers."""
    rule = covering(asked, "A6", pupil.form)
    if isinstance(rule, Standing):
        return rule
    if investigation is not None and investigation.by_principal and investigation.has_reason:
        began = min(question_since or investigation.decided_on, investigation.decided_on)
        return _decided(asked, rule, pupil, investigation, began)
    if question_since is None:
        why = N_("The case is not at a step where the plan asks for it. The principal may decide earlier.")
        return not_applicable("A6", Message(why))
    waits = N_("The principal decides: investigate, or write why it is unnecessary.")
    return by_deadline(
        asked, rule, pupil.form, began=question_since, within="decide_within", done=None, said=Said("", waits)
    )


def _decided(
    asked: Asked, rule: LawRule, pupil: PupilFacts, investigation: InvestigationFacts, began: date
) -> Standing:
    started = N_("The principal started an investigation {day}.")
    unnecessary = N_("The principal decided {day} that an investigation is unnecessary, with a reason.")
    said = Said(started if investigation.is_started else unnecessary, "")
    return by_deadline(
        asked,
        rule,
        pupil.form,
        began=began,
        within="decide_within",
        done=investigation.decided_on,
        said=said,
    )


def finished(asked: Asked, pupil: PupilFacts, investigation: InvestigationFacts | None) -> Standing:
    """The rest of A6: what is started is carried through promptly."""
    rule = covering(asked, "A6", pupil.form)
    if isinstance(rule, Standing):
        return replace(rule, rule="A6_end")
    if investigation is None or not investigation.is_started:
        return not_applicable("A6_end", _NOT_STARTED)
    said = Said(N_("The investigation was finished {day}."), N_("The investigation goes on."))
    standing = by_deadline(
        asked,
        rule,
        pupil.form,
        began=investigation.decided_on,
        within="finish_within",
        done=investigation.ended_on,
        said=said,
    )
    return replace(standing, rule="A6_end")


def consulted(asked: Asked, pupil: PupilFacts, investigation: InvestigationFacts | None) -> Standing:
    """A7: the pupil, each guardian who may know and pupil health are heard, or it was tried on different days."""
    rule = covering(asked, "A7", pupil.form)
    if isinstance(rule, Standing):
        return rule
    if investigation is None or not investigation.is_started:
        return not_applicable("A7", _NOT_STARTED)
    missing = not_asked(rule, pupil, investigation, asked.today)
    last = max((each.day for each in investigation.consulted), default=investigation.decided_on)
    said = Said(N_("Everybody has been heard, or it was tried."), N_("Not everybody has been heard yet."))
    done = None if missing else last
    standing = by_deadline(
        asked, rule, pupil.form, began=investigation.decided_on, within="finish_within", done=done, said=said
    )
    return replace(standing, missing=missing)


def not_asked(rule: LawRule, pupil: PupilFacts, investigation: InvestigationFacts, today: date) -> tuple[str, ...]:
    """ "pupil", "guardian:12", "pupil_health": who is neither heard nor tried often enough. From 18 no guardian is.
    ``rule`` is A7."""
    tries = rule.number("tries")
    of_age = is_at_least(rule.number("of_age"), pupil.birth, investigation.ended_on or today) is True
    parties: list[tuple[Party, int | None]] = [("pupil", None)]
    if not of_age:
        parties += [("guardian", each.pk) for each in pupil.guardians if each.may_see]
    parties.append(("pupil_health", None))
    return tuple(
        party if guardian is None else f"{party}:{guardian}"
        for party, guardian in parties
        if not _answered(investigation.consulted, party, guardian, tries)
    )


def _answered(consulted: tuple[Consulted, ...], party: Party, guardian: int | None, tries: int) -> bool:
    theirs = [each for each in consulted if each.party == party and each.guardian == guardian]
    tried = {each.day for each in theirs if each.outcome == "tried"}
    return any(each.outcome == "heard" for each in theirs) or len(tried) >= tries


def special_support(asked: Asked, pupil: PupilFacts, investigation: InvestigationFacts | None) -> Standing:
    """A8: the question is answered, not left out."""
    rule = covering(asked, "A8", pupil.form)
    if isinstance(rule, Standing):
        return rule
    if investigation is None or not investigation.is_started:
        return not_applicable("A8", _NOT_STARTED)
    started = investigation.special_support == "started"
    answered = started or (investigation.special_support == "not_indicated" and investigation.special_support_reason)
    said = Said(
        N_("An investigation of special support was started {day}.")
        if started
        else N_("Answered {day}: no sign that special support needs to be investigated, with the reason."),
        N_("Answer whether special support is to be investigated too, or why not."),
    )
    done = (investigation.special_support_on or investigation.decided_on) if answered else None
    return by_deadline(
        asked, rule, pupil.form, began=investigation.decided_on, within="answer_within", done=done, said=said
    )


def told(
    asked: Asked, pupil: PupilFacts, investigation: InvestigationFacts | None, rule_id: str, to: Receiver
) -> Standing:
    """A9 and A10: somebody outside the school is told that an investigation has been started, never its text."""
    rule = covering(asked, rule_id, pupil.form)
    if isinstance(rule, Standing):
        return rule
    if investigation is None or not investigation.is_started:
        return not_applicable(rule_id, _NOT_STARTED)
    done = sent_on(investigation.notices, rule_id, to, investigation.decided_on)
    failed = any(each.rule == rule_id and each.to == to and each.failed for each in investigation.notices)
    again = N_("The notice did not arrive. Send it again.")
    said = Said(N_("Sent {day}."), again if failed else N_("Send the notice: only that it has been started."))
    return by_deadline(
        asked, rule, pupil.form, began=investigation.decided_on, within="report_within", done=done, said=said
    )


def _home_told(asked: Asked, pupil: PupilFacts, investigation: InvestigationFacts | None) -> Standing:
    standing = told(asked, pupil, investigation, "A10", "home_municipality")
    return at_home(pupil, standing)


def at_home(pupil: PupilFacts, standing: Standing) -> Standing:
    """A duty towards another municipality, where there is another."""
    if standing.state is State.NOT_APPLICABLE:
        return standing
    if pupil.foreign is False:
        return not_applicable(standing.rule, _OF_HOME)
    if pupil.foreign is None and standing.is_open:
        return replace(standing, why=_HOME_UNKNOWN)
    return standing


# Pupils turn 16 in the year in which they leave grade 9.
_BEFORE_SIXTEEN = ("F", *map(str, range(9)))


def party(asked: Asked, pupil: PupilFacts, investigation: InvestigationFacts | None) -> Standing:
    """Q6: from 16 the pupil is told of the decision personally."""
    rule = covering(asked, "Q6", pupil.form)
    if isinstance(rule, Standing):
        return rule
    if investigation is None:
        return not_applicable("Q6", Message(N_("There is no decision to tell of.")))
    if is_at_least(rule.number("party_from"), pupil.birth, investigation.decided_on) is False:
        return not_applicable("Q6", Message(N_("The pupil had not turned 16 when it was decided.")))
    if pupil.birth is None and pupil.grade in _BEFORE_SIXTEEN:
        return not_applicable("Q6", Message(N_("No birth date is known; in this grade pupils have not turned 16.")))
    since = [each.day for each in investigation.consulted if each.party == "pupil" and each.outcome == "heard"]
    done = min((day for day in since if day >= investigation.decided_on), default=None)
    said = Said(N_("The pupil was spoken with {day}."), N_("Tell the pupil personally of the decision."))
    return by_deadline(
        asked, rule, pupil.form, began=investigation.decided_on, within="tell_within", done=done, said=said
    )


def closing_answers(
    asked: Asked, pupil: PupilFacts, investigation: InvestigationFacts | None
) -> frozenset[ClosingNeed]:
    """What a plan's step may ask for before a case is closed, and this investigation answers."""
    if investigation is None:
        return frozenset()
    done = investigation.ended_on is not None or not investigation.is_started
    answered: set[ClosingNeed] = {"investigation"} if done and investigation.by_principal else set()
    rule = covering(asked, "A7", pupil.form)
    if investigation.is_started and not isinstance(rule, Standing):
        asked_for = not_asked(rule, pupil, investigation, asked.today)
        missing = {each.partition(":")[0] for each in asked_for}
        needs: tuple[tuple[str, ClosingNeed], ...] = (
            ("pupil", "pupil_voice"),
            ("guardian", "guardian_contact"),
            ("pupil_health", "pupil_health"),
        )
        answered |= {need for party, need in needs if party not in missing}
    return frozenset(answered)


def sent_on(notices: tuple[NoticeFacts, ...], rule_id: str, to: Receiver, since: date) -> date | None:
    """The first that arrived; what was sent before the matter began is about something else."""
    days = (each.sent_on for each in notices if each.rule == rule_id and each.to == to and each.arrived)
    return min((day for day in days if day is not None and day >= since), default=None)

"""Cases of the cast, worked with through the school year: what the application looks like in use.

Each act goes through the same services as a person's, on the day it was done. All of it is invented.
"""

from datetime import date

from narvaro.contexts.cases.api import (
    CaseCard,
    Move,
    NewEntry,
    add_entry,
    handovers,
    move,
)
from narvaro.contexts.duties.api import (
    Asked,
    Decided,
    Marked,
    Prepared,
    Written,
    consult,
    decide_investigation,
    finish_investigation,
    investigations_of,
    mark_notice,
    notices_of_case,
    prepare_notice,
    write_investigation,
)
from narvaro.contexts.meetings.api import (
    Agreed,
    Someone,
    Told,
)
from narvaro.contexts.register.api import add_to_circle, guardians_of, pupil_by_source_id, unit_names
from narvaro.core.actor import Actor
from narvaro.core.models import User
from narvaro.core.scope import acting
from narvaro.demo.case_stage import NOTE, Stage
from narvaro.demo.received_stories import told_by_others
from narvaro.demo.units import STRAND
from narvaro.domain.case_states import CaseEvent


def tell(*, municipality: Actor) -> None:
    """Once; a pupil who has a case already is left alone."""
    with acting(municipality):
        pupils = {key: placement.pk for key, placement in pupil_by_source_id(municipality).items()}
        units = {each.name: each.pk for each in unit_names(municipality.authority_id)}
    stage = Stage(municipality, pupils, units)
    for story in (_alva, _bilal, _dina, _elias, _freja, _ida, _jamal, _klara, told_by_others):
        story(stage)


ANNA, EVA = ("Anna Forsberg", "attendance_coordinator"), ("Eva Lindgren", "principal")
MARIA, JOHAN, LENA = ("Maria Sandberg", "mentor"), ("Johan Ek", "mentor"), ("Lena Falk", "mentor")
SAMIRA, CECILIA, PETER = ("Samira Popovic", "mentor"), ("Cecilia Rask", "principal"), ("Peter Norberg", "mentor")
PUPIL = Someone(role="pupil")


def _alva(stage: Stage) -> None:
    """At step 3 on the practice day: a slow climb, always on Mondays, and an investigation under way."""
    if stage.has_case("e-alva"):
        return
    stage.open(date(2026, 1, 20), ANNA, "e-alva", 1, "Borta flera måndagar i rad sedan november.")
    with stage.act(date(2026, 1, 22), *MARIA) as by:
        mother = stage.parent(by, "e-alva")
    stage.talk(
        date(2026, 1, 22),
        MARIA,
        "e-alva",
        "Ringde hem. Det är tungt på måndagar, och magen gör ont på söndagskvällen.",
        came_to="Vi provar att Maria möter vid skåpet på måndagar.",
        told=(
            Told(who=PUPIL, outcome="came", words="Det är värst att gå in när alla redan har satt sig."),
            Told(who=mother, outcome="came", words="Vi vill så gärna att det ska fungera, men morgnarna är svåra."),
        ),
        agreed=(Agreed(what="Möta Alva vid skåpet på måndagar", role="mentor", due=date(2026, 2, 6)),),
    )
    stage.done(date(2026, 1, 22), MARIA, "e-alva", "talk", "call_home", "agree", "ask_teachers")
    stage.move(date(2026, 2, 9), MARIA, "e-alva", CaseEvent.NEXT_STEP, reason="Måndagarna är kvar.", end_tasks=True)
    _alva_meets(stage, mother)
    _alva_is_investigated(stage)


def _alva_meets(stage: Stage, mother: Someone) -> None:
    stage.meet(
        date(2026, 2, 19),
        MARIA,
        "e-alva",
        "meeting",
        "Prata om hur måndagarna kan bli lättare.",
        said="Vi gick igenom veckan. Matsalen och idrotten är svåra, bild och svenska går bra.",
        came_to="Lugn start i biblioteket på måndagar. Äta med en kompis.",
        told=(
            Told(who=PUPIL, outcome="came", words="Det är matsalen och omklädningsrummet."),
            Told(who=mother, outcome="came"),
        ),
        agreed=(Agreed(what="Lugn start i biblioteket på måndagar", role="mentor", due=date(2026, 3, 6)),),
    )
    stage.done(date(2026, 2, 19), MARIA, "e-alva", "invite", "map", "tell_duty", "adaptations", "plan_measures")
    stage.move(
        date(2026, 4, 14),
        MARIA,
        "e-alva",
        CaseEvent.NEXT_STEP,
        reason="Målet är inte nått vid uppföljningen.",
        end_tasks=True,
    )
    stage.done(date(2026, 4, 15), MARIA, "e-alva", "report_to_team")


def _alva_is_investigated(stage: Stage) -> None:
    with stage.act(date(2026, 4, 20), *EVA) as by:
        case = stage.case(by, "e-alva")
        decided = Decided(decision="start", reason="Upprepad frånvaro trots åtgärderna i steg 1 och 2.")
        decide_investigation(by=by, case=case, decided=decided)
        nadia = User.objects.get(name="Nadia Saleh").pk
        add_to_circle(by=by, pupil=case.pupil, unit=case.unit_pk, user_id=nadia)
    with stage.act(date(2026, 4, 21), *EVA) as by:
        case = stage.case(by, "e-alva")
        prepare_notice(by=by, case=case, rule="A9", prepared=Prepared(receiver_function="Skolchefen"))
        notice = next(each for each in notices_of_case(by, case.pk) if each.rule_id == "A9")
        marked = Marked(version=notice.version, state="sent", day=date(2026, 4, 21), way="by_hand")
        mark_notice(by=by, notice=notice, case=case, marked=marked)
    stage.meet(
        date(2026, 4, 28),
        EVA,
        "e-alva",
        "pupil_health_team",
        "Vad vi vet och vad vi behöver ta reda på.",
        said="Teamet gick igenom vad som är provat. Nadia håller i samtalen med Alva.",
        also=(Someone(role="pupil_health", user_id=nadia, name="Nadia Saleh"),),
    )
    stage.done(date(2026, 4, 28), EVA, "e-alva", "meeting", "contact", "home_municipality")
    with stage.act(date(2026, 5, 5), *EVA) as by:
        for party in ("pupil", "pupil_health"):
            asked = Asked(party=party, outcome="heard", day=date(2026, 5, 5))
            consult(by=by, case=stage.case(by, "e-alva"), asked=asked)
    with stage.act(date(2026, 5, 12), "Nadia Saleh", "pupil_health") as by:
        case = stage.case(by, "e-alva")
        add_entry(
            by=by, case=case.pk, entry=NewEntry(kind="note", title=NOTE, text="Alva vill prata igen nästa vecka.")
        )


def _dina(stage: Stage) -> None:
    """The whole way: four steps, the return watched, and closed."""
    if stage.has_case("e-dina"):
        return
    stage.open(date(2025, 9, 8), LENA, "e-dina", 1, "Mycket borta redan de första veckorna.")
    stage.talk(
        date(2025, 9, 9),
        LENA,
        "e-dina",
        "Pratade med Dina i korridoren och ringde hem.",
        told=(Told(who=PUPIL, outcome="came", words="Jag orkar inte."),),
    )
    stage.done(date(2025, 9, 9), LENA, "e-dina", "talk", "call_home", "agree", "ask_teachers")
    stage.move(date(2025, 9, 22), LENA, "e-dina", CaseEvent.NEXT_STEP, reason="Ingen skillnad.", end_tasks=True)
    with stage.act(date(2025, 9, 22), *LENA) as by:
        mother = stage.parent(by, "e-dina")
    stage.meet(
        date(2025, 10, 2),
        LENA,
        "e-dina",
        "meeting",
        "Ta reda på vad som skulle underlätta.",
        said="Dina sover dåligt och har tappat mycket i matematik.",
        came_to="Anpassat schema på förmiddagen.",
        told=(
            Told(who=PUPIL, outcome="came", words="Jag vill gå i nian med mina vänner."),
            Told(who=mother, outcome="came", words="Hon behöver få börja lugnt."),
        ),
    )
    stage.done(date(2025, 10, 2), LENA, "e-dina", "invite", "map", "tell_duty", "adaptations", "plan_measures")
    _dina_is_investigated(stage)
    _dina_returns(stage, mother)


def _dina_is_investigated(stage: Stage) -> None:
    stage.move(date(2025, 10, 20), LENA, "e-dina", CaseEvent.NEXT_STEP, reason="Fortsatt över 40 %.", end_tasks=True)
    with stage.act(date(2025, 10, 21), *EVA) as by:
        decide_investigation(
            by=by,
            case=stage.case(by, "e-dina"),
            decided=Decided(decision="start", reason="Lång och upprepad frånvaro."),
        )
    with stage.act(date(2025, 11, 11), *EVA) as by:
        case = stage.case(by, "e-dina")
        for party in ("pupil", "pupil_health"):
            consult(by=by, case=case, asked=Asked(party=party, outcome="heard", day=date(2025, 11, 10)))
        for guardian in guardians_of(by, [case.pupil]).get(case.pupil, ()):
            asked = Asked(party="guardian", outcome="heard", day=date(2025, 11, 10), guardian=guardian.pk)
            consult(by=by, case=case, asked=asked)
        _finish(by, case)


def _dina_returns(stage: Stage, mother: Someone) -> None:
    stage.move(
        date(2025, 12, 3),
        EVA,
        "e-dina",
        CaseEvent.NEXT_STEP,
        end_tasks=True,
        reason="Åtgärderna har inte räckt. Rektor kallar till möte.",
    )
    stage.meet(
        date(2025, 12, 16),
        EVA,
        "e-dina",
        "meeting",
        "Bestämma en gemensam plan.",
        said="Gemensam plan med återgång i små steg från januari.",
        came_to="Tre dagar i veckan till att börja med.",
        told=(
            Told(who=PUPIL, outcome="came", words="Tre dagar går, fem känns omöjligt."),
            Told(who=mother, outcome="came"),
        ),
    )
    stage.done(
        date(2025, 12, 16), EVA, "e-dina", "joint_plan", "return_plan", "consent", "concern", "sip", "tell_organiser"
    )
    stage.move(date(2026, 4, 15), EVA, "e-dina", CaseEvent.BEGIN_RETURN, reason="Frånvaron sjunker vecka för vecka.")
    stage.note(date(2026, 5, 20), LENA, "e-dina", "Dina kommer alla dagar. Hon är stolt, och det ska hon vara.")
    stage.move(
        date(2026, 6, 8),
        EVA,
        "e-dina",
        CaseEvent.CLOSE,
        code="goals_met",
        end_tasks=True,
        reason="Stöd i matematik och en lugn start hjälpte mest. Dina går till gymnasiet i höst.",
    )


def _finish(by: Actor, case: CaseCard) -> None:
    found = next(each for each in investigations_of(by, [case.pk])[case.pk] if each.is_open)
    texts = {
        "question": "Varför är Dina borta, och vad behöver skolan göra?",
        "sources": "Samtal med Dina, hennes mamma, lärarna och elevhälsan.",
        "causes": "Sömn, matematik och oro inför högstadiets sista år. Vänner och slöjd drar till skolan.",
        "conclusions": "Dina behöver en lugnare start och stöd i matematik.",
        "measures": "Anpassat schema, stöd i matematik två gånger i veckan, en vuxen som möter.",
    }
    written = Written(
        version=found.version,
        texts=texts,
        special_support="not_indicated",
        special_support_reason="Extra anpassningar räcker.",
    )
    write_investigation(by=by, case=case, written=written)
    version = next(each.version for each in investigations_of(by, [case.pk])[case.pk] if each.is_open)
    finish_investigation(by=by, case=case, version=version)


def _bilal(stage: Stage) -> None:
    """Long illness: rests with a day while he was ill, taken up again, and closed as he came back."""
    if stage.has_case("e-bilal"):
        return
    stage.open(date(2025, 11, 17), JOHAN, "e-bilal", 1, "Sjuk sedan flera veckor.")
    stage.talk(
        date(2025, 11, 18),
        JOHAN,
        "e-bilal",
        "Mamma berättar att han är sjuk och får vård.",
        told=(Told(who=PUPIL, outcome="tried"),),
    )
    stage.done(date(2025, 11, 18), JOHAN, "e-bilal", "talk", "call_home", "agree", "ask_teachers")
    stage.move(
        date(2025, 11, 20),
        JOHAN,
        "e-bilal",
        CaseEvent.PARK,
        until=date(2026, 1, 15),
        reason="Sjuk med plan från läkare. Undervisning hemma är ordnad.",
    )
    stage.move(
        date(2026, 1, 15), JOHAN, "e-bilal", CaseEvent.RESUME, reason="Börjar komma tillbaka, lektion för lektion."
    )
    stage.move(
        date(2026, 4, 20),
        JOHAN,
        "e-bilal",
        CaseEvent.CLOSE,
        code="goals_met",
        end_tasks=True,
        reason="Tillbaka på hela schemat.",
    )


def _elias(stage: Stage) -> None:
    """Closed before the summer, and opened again in the autumn: a new case that continues the old one."""
    if stage.has_case("e-elias"):
        return
    stage.open(
        date(2025, 8, 20),
        MARIA,
        "e-elias",
        1,
        "Sena ankomster i våras, från pappersanteckningar.",
        origin="colleague",
        day=date(2025, 5, 12),
    )
    stage.move(
        date(2025, 8, 20),
        MARIA,
        "e-elias",
        CaseEvent.CLOSE,
        code="better",
        end_tasks=True,
        reason="Kom i tid från slutet av maj.",
    )
    stage.open(date(2025, 9, 29), MARIA, "e-elias", 1, "Sen till första lektionen varannan morgon igen.")
    stage.talk(
        date(2025, 10, 1),
        MARIA,
        "e-elias",
        "Elias skjutsar sin lillasyster till förskolan.",
        came_to="Mentorstid flyttas till slutet av dagen.",
        told=(Told(who=PUPIL, outcome="came", words="Jag hinner inte med bussen efter förskolan."),),
    )
    stage.done(date(2025, 10, 1), MARIA, "e-elias", "talk", "call_home", "agree", "ask_teachers")


def _freja(stage: Stage) -> None:
    """Rests until the autumn, with the reason written down."""
    if stage.has_case("e-freja"):
        return
    stage.open(date(2025, 9, 15), LENA, "e-freja", 2, "Anpassat schema sedan i våras, ändå borta mer än hälften.")
    stage.talk(
        date(2025, 9, 17),
        LENA,
        "e-freja",
        "Freja vill ha färre vuxna att prata med.",
        told=(Told(who=PUPIL, outcome="came", words="En vuxen räcker."),),
    )
    stage.move(
        date(2026, 5, 28),
        LENA,
        "e-freja",
        CaseEvent.PARK,
        until=date(2026, 8, 24),
        reason="Sommaruppehåll. Återgången till nian planeras första veckan.",
    )


def _ida(stage: Stage) -> None:
    """Protected identity: only those on the list know of the case."""
    if stage.has_case("e-ida"):
        return
    stage.open(date(2026, 3, 2), SAMIRA, "e-ida", 1, "Två sjukdomsperioder tätt efter varandra.")
    stage.talk(
        date(2026, 3, 3),
        SAMIRA,
        "e-ida",
        "Pratade med Ida. Hon mår bra nu.",
        told=(Told(who=PUPIL, outcome="came", words="Jag var bara förkyld."),),
    )


def _jamal(stage: Stage) -> None:
    """Changes school in the middle of step 1: the old school hands over, the new one takes it on."""
    if stage.has_case("e-jamal"):
        return
    stage.open(date(2025, 10, 6), CECILIA, "e-jamal", 1, "Ofta borta på fredagar.", origin="colleague")
    stage.move(
        date(2025, 10, 23),
        CECILIA,
        "e-jamal",
        CaseEvent.HAND_OVER,
        to_unit=stage.units[STRAND.name],
        reason="Byter skola efter lovet. Vill gärna ha en vuxen som möter.",
    )
    with stage.act(date(2025, 11, 6), *EVA) as by:
        waiting = next(each for each in handovers(by) if each.pupil == stage.pupils["e-jamal"])
        asked = Move(event=CaseEvent.ACCEPTED, version=waiting.version, reason="Vi tar vid.")
        move(by=by, case=waiting.pk, move=asked)
    stage.note(date(2025, 11, 10), SAMIRA, "e-jamal", "Första veckan. Jamal har hittat två att spela fotboll med.")


def _klara(stage: Stage) -> None:
    """Upper secondary: other duties in law, and the study grant's count of hours."""
    if stage.has_case("e-klara"):
        return
    stage.open(date(2026, 2, 3), PETER, "e-klara", 3, "Mer än fyra timmar ogiltig frånvaro varje månad.")
    stage.talk(
        date(2026, 2, 4),
        PETER,
        "e-klara",
        "Klara jobbar sena kvällar och orkar inte upp.",
        told=(Told(who=PUPIL, outcome="came", words="Jag behöver pengarna."),),
    )

"""Conversations and meetings: by the people who hold them."""

from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any
from uuid import uuid4

import pytest
from django.http import Http404
from django.test import override_settings

from narvaro.contexts.cases.api import entries_of, tasks_of
from narvaro.contexts.meetings.api import Held, correct_meeting, hold_meeting
from narvaro.contexts.meetings.guides import guide_for, guides
from narvaro.contexts.meetings.models import Correction, Meeting, Participant, Voice
from narvaro.core.models import AuditEntry
from narvaro.core.scope import acting
from tests.databases import ASKED_BESIDES
from tests.web import met
from tests.web.conftest import As
from tests.web.letter_box import letter_box
from tests.web.met import AHEAD, FOLLOW_UP, SAID, case_of, hold, plan, planned, system, talk, url
from tests.web.world import TODAY, World

READERS = ("mentor", "principal", "attendance_coordinator", "pupil_health", "school_nurse", "teacher")
WRITERS = READERS[:-1]
STRANGERS = ("evaluator", "legal_guardian", "pupil", "organiser_officer", "system_administrator")


def around_alva(world: World) -> None:
    for user in ("pupil_health", "school_nurse", "teacher", "collaboration_team"):
        met.in_circle(world, user)


def test_a_conversation_becomes_an_entry_words_tasks_and_a_day(world: World, signed_in: As) -> None:
    case, home = case_of(world), met.home_of(world)
    row = {"agreed-1-what": "Möta i entrén", "agreed-1-who": f"user-{world.users['mentor'].pk}"}
    row |= {"agreed-1-due": AHEAD.isoformat(), "pupil-words": "Det är matsalen."}
    answer = talk(signed_in("mentor"), case, **row, **{f"guardian-{home.pk}-outcome": "tried"})
    assert answer.status_code == 302
    html = signed_in("mentor").get(answer["Location"]).content.decode()
    for text in (SAID, "Det är matsalen.", "Möta i entrén", "Sofia Lindqvist"):
        assert text in html
    with acting(world.actor("mentor")):
        entry = entries_of(world.actor("mentor"), case.pk, ("conversation",))[0]
        task = next(each for each in tasks_of(world.actor("mentor"), case.pk) if each.source == "meeting")
        assert (entry.contact, entry.has_text, entry.about_key) == (True, False, met.latest(world).key)
        assert (task.what, task.owner_name, task.due) == ("Möta i entrén", "Person mentor", AHEAD)
        tried = Voice.objects.get(whose="guardian")
        assert (tried.tried_on, tried.tried_how, tried.words) == (TODAY, "phone", "")
    assert met.again(world, case).follow_up_on == FOLLOW_UP


@pytest.mark.parametrize(
    "fields",
    [
        {"pupil-outcome": ""},
        {"said": ""},
        {"day": (TODAY + timedelta(days=1)).isoformat()},
        {"follow_up_on": TODAY.isoformat()},
        {"agreed-1-what": "Ringa"},
        {"agreed-1-what": "Ringa", "agreed-1-who": "pupil", "agreed-1-due": "2026-05-19"},
        {"agreed-1-what": "Ringa", "agreed-1-who": "user-999999", "agreed-1-due": AHEAD.isoformat()},
        {"agreed-1-who": "pupil"},
        {"said": "x" * 6001},
        {"means": "pigeon"},
    ],
)
def test_what_a_conversation_lacks_is_said_and_nothing_saved(
    world: World, signed_in: As, fields: dict[str, str]
) -> None:
    case = case_of(world)
    answer = talk(signed_in("mentor"), case, **fields)
    assert answer.status_code == 200
    assert 'role="alert"' in answer.content.decode()
    with acting(system(world)):
        assert not Meeting.objects.exists()
    assert talk(signed_in("mentor"), case).status_code == 302


def test_who_was_only_looked_for_is_no_contact(world: World, signed_in: As) -> None:
    case = case_of(world)
    assert talk(signed_in("mentor"), case, **{"pupil-outcome": "tried", "said": ""}).status_code == 302
    with acting(world.actor("mentor")):
        entry = entries_of(world.actor("mentor"), case.pk, ("conversation",))[0]
    assert not entry.contact
    assert "utan svar" in entry.title or "without an answer" in entry.title


def test_a_planned_meeting_asks_whom_the_step_asks(world: World, signed_in: As) -> None:
    around_alva(world)
    case = case_of(world, step=2)
    form = signed_in("mentor").get(f"/cases/{case.key}/meetings/new/").context["form"]
    assert {"pupil", f"guardian-{met.home_of(world).pk}", f"user-{world.users['mentor'].pk}"} <= set(
        form.initial["people"]
    )
    meeting = planned(world, signed_in("mentor"), case)
    html = signed_in("mentor").get(url(case, meeting)).content.decode()
    for text in ("Sofia Lindqvist", "Rum B12", "Hur skolan fungerar.", "fre 29 maj"):
        assert text in html.replace("\xa0", " ")


@pytest.mark.parametrize(
    "fields",
    [
        {"place": "Hemma hos Alva"},
        {"place": "hos sofia"},
        {"purpose": "Om 31 % frånvaro"},
        {"day": (TODAY - timedelta(days=1)).isoformat()},
        {"people": []},
        {"people": ["user-999999"]},
        {"call": ""},
    ],
)
def test_what_may_not_stand_in_an_invitation(world: World, signed_in: As, fields: dict[str, Any]) -> None:
    case = case_of(world)
    assert plan(signed_in("mentor"), case, **fields).status_code == 200
    with acting(system(world)):
        assert not Meeting.objects.exists()
    assert plan(signed_in("mentor"), case).status_code == 302


def test_a_guardian_kept_from_the_pupil_is_nowhere(world: World, signed_in: As) -> None:
    met.guardian(world, "Fredrik Borta", may_see=False)
    met.guardian(world, "Gunilla Hemma")
    case, client = case_of(world), signed_in("mentor")
    meeting = planned(world, client, case)
    pages = ("", "hold/", "letters/", "letters/?language=en")
    texts = [client.get(url(case, meeting, page)).content.decode() for page in pages]
    texts += [client.get(f"/cases/{case.key}/{page}/new/").content.decode() for page in ("conversations", "meetings")]
    assert all("Gunilla Hemma" in text for text in texts)
    assert not any("Fredrik" in text for text in texts)


def test_a_letter_goes_no_more_to_whom_a_decision_keeps_away(world: World, signed_in: As) -> None:
    kept_away = met.guardian(world, "Fredrik Borta")
    case, client = case_of(world), signed_in("mentor")
    meeting = planned(world, client, case)
    receivers = [each.receiver for each in client.get(url(case, meeting, "letters/")).context["letters"]]
    assert "Fredrik Borta" in receivers
    with acting(system(world)):
        kept_away.custodies.update(may_see=False)
    receivers = [each.receiver for each in client.get(url(case, meeting, "letters/")).context["letters"]]
    assert "Sofia Lindqvist" in receivers
    assert "Fredrik Borta" not in receivers


def test_letters_are_one_a_receiver_in_both_languages(world: World, signed_in: As) -> None:
    case, client = case_of(world), signed_in("mentor")
    meeting = planned(world, client, case)
    swedish = client.get(url(case, meeting, "letters/"), {"language": "sv"})
    english = client.get(url(case, meeting, "letters/"), {"language": "en"})
    assert len(swedish.context["letters"]) == 2
    assert 'lang="sv"' in swedish.content.decode()
    assert "29 maj" in swedish.content.decode().replace("\xa0", " ")
    assert "interpreter" in english.content.decode()
    assert "29 May" in english.content.decode().replace("\xa0", " ")
    to = swedish.context["letters"][1]
    assert [each.key for each in client.get(url(case, meeting, "letters/"), {"to": to.key}).context["letters"]] == [
        to.key
    ]


def test_a_protected_pupils_letter_and_calendar_say_neither_who_nor_where(world: World, signed_in: As) -> None:
    met.guardian(world, "Petra Skyddad", pupil="Ida")
    case, client = case_of(world, "Ida"), signed_in("principal")
    meeting = planned(world, client, case)
    page = client.get(url(case, meeting, "letters/")).content.decode()
    article = page[page.index("<article") : page.rindex("</article>")]
    assert "29 maj" in article.replace("\xa0", " ")
    for secret in ("Ida", "Petra", "Strandskolan", "Rum B12", "Person principal", "Maria", "08-000", "fungerar.", "@"):
        assert secret not in article.replace('aria-label="Petra Skyddad"', "").replace('aria-label="Ida Påhittad"', "")
    assert "Rum B12" in client.get(url(case, meeting)).content.decode()
    assert "Rum" not in client.get(url(case, meeting, "meeting.ics")).content.decode()
    assert signed_in("mentor").get(url(case, meeting)).status_code == 404


def test_the_calendar_file_holds_no_name(world: World, signed_in: As) -> None:
    case, client = case_of(world), signed_in("mentor")
    meeting = planned(world, client, case)
    answer = client.get(url(case, meeting, "meeting.ics"))
    text = answer.content.decode()
    assert answer["Content-Type"].startswith("text/calendar")
    assert "DTSTART:20260529T061500Z" in text
    assert "LOCATION:Rum B12" in text
    assert not any(name in text for name in ("Alva", "Påhittad", "Sofia", "Person", "Strandskolan", "@example"))


def test_colleagues_get_a_link_and_a_time_and_nothing_else(world: World, signed_in: As) -> None:
    around_alva(world)
    case = case_of(world, step=2)
    with letter_box() as box:
        smtp = {
            "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "EMAIL_HOST": box.host,
            "EMAIL_PORT": box.port,
        }
        with override_settings(**smtp):
            people = [f"user-{world.users[each].pk}" for each in ("mentor", "pupil_health")] + ["pupil"]
            meeting = planned(world, signed_in("mentor"), case, people=people)
    assert len(box.letters) == 1
    letter = message_from_bytes(box.letters[0], policy=policy.default)
    body = letter.get_content()
    assert letter["To"] == "pupil_health@example.se"
    assert url(case, meeting) in body
    assert "29 maj" in body.replace("\xa0", " ")
    for secret in ("Alva", "Påhittad", "Sofia", "Rum B12", "skolan fungerar", "Person", "elev", "Strand"):
        assert secret not in body + letter["Subject"] + letter["From"]


def test_a_meeting_is_written_up_once(world: World, signed_in: As) -> None:
    case, client, home = case_of(world), signed_in("mentor"), met.home_of(world)
    meeting = planned(world, client, case)
    with acting(system(world)):
        colleague = Participant.objects.get(meeting=meeting, user=world.users["mentor"])
    fields = {f"came-{colleague.pk}": "on", "pupil-outcome": "came", "pupil-words": "Jag vill ha en egen plats."}
    fields |= {f"guardian-{home.pk}-outcome": "tried", "also": "tolk, Kim", "agreed-1-what": "Ordna plats"}
    fields |= {"agreed-1-who": "legal_guardian", "agreed-1-due": AHEAD.isoformat()}
    assert hold(client, case, meeting, **fields).status_code == 302
    html = client.get(url(case, meeting)).content.decode()
    for text in (SAID, "En lugn start.", "Jag vill ha en egen plats.", "tolk", "Ordna plats"):
        assert text in html
    with acting(system(world)):
        came = dict(Participant.objects.filter(meeting=meeting).values_list("role", "came"))
        assert came == {"mentor": True, "pupil": True, "legal_guardian": False, "other": True}
        assert Voice.objects.get(whose="guardian").tried_how == "invitation"
    assert client.get(url(case, meeting, "hold/")).status_code == 409
    assert hold(client, case, meeting, said="Något annat", version="1").status_code == 409
    assert met.latest(world).said == SAID


def test_two_who_write_up_at_once_see_each_other_and_lose_nothing(world: World, signed_in: As) -> None:
    case = case_of(world)
    meeting = planned(world, signed_in("mentor"), case)
    place = f"meeting_hold:{meeting.key}"
    signed_in("mentor").post("/draft", {"place": place, "said": "Mentorns ord"})
    assert hold(signed_in("principal"), case, meeting, said="Rektors ord").status_code == 302
    answer = hold(signed_in("mentor"), case, meeting, said="Mentorns ord")
    assert answer.status_code == 409
    assert "Rektors ord" in answer.content.decode()
    assert "Mentorns ord" in answer.content.decode()
    assert met.latest(world).said == "Rektors ord"
    again = signed_in("mentor").get(url(case, meeting, "correct/"))
    assert "Mentorns ord" in again.content.decode()
    sent = {"text": "Mentorns ord", "token": str(uuid4())}
    assert signed_in("mentor").post(url(case, meeting, "correct/"), sent).status_code == 302
    assert "Mentorns ord" not in signed_in("mentor").get(url(case, meeting, "correct/")).content.decode()


def test_a_draft_comes_back_and_goes_when_it_is_saved(world: World, signed_in: As) -> None:
    case, client = case_of(world), signed_in("mentor")
    address = f"/cases/{case.key}/conversations/new/"
    place = client.get(address).context["place"]
    client.post(
        "/draft", {"place": place, "said": "Halvfärdig text", "pupil-words": "Egna ord", "agreed-1-what": "Ringa"}
    )
    html = client.get(address).content.decode()
    assert all(text in html for text in ("Halvfärdig text", "Egna ord", 'value="Ringa"'))
    assert "Halvfärdig text" not in signed_in("principal").get(address).content.decode()
    assert talk(client, case).status_code == 302
    assert "Halvfärdig text" not in client.get(address).content.decode()


def test_a_double_click_is_one_of_each(world: World, signed_in: As) -> None:
    case, client, token = case_of(world), signed_in("mentor"), str(uuid4())
    first, second = (talk(client, case, token=token) for _ in range(2))
    assert first["Location"] == second["Location"]
    token = str(uuid4())
    assert [plan(client, case, token=token).status_code for _ in range(2)] == [302, 302]
    with acting(system(world)):
        assert sorted(Meeting.objects.values_list("kind", flat=True)) == ["conversation", "meeting"]


def test_a_correction_stands_beside_and_changes_nothing(world: World, signed_in: As) -> None:
    case, client = case_of(world), signed_in("mentor")
    talk(client, case)
    meeting = met.latest(world)
    sent = {"text": "Det var tisdagen.", "token": str(uuid4())}
    assert client.post(url(case, meeting, "correct/"), sent).status_code == 302
    html = client.get(url(case, meeting)).content.decode()
    assert SAID in html
    assert "Det var tisdagen." in html
    with acting(world.actor("mentor")):
        assert Correction.objects.get().by_role == "mentor"
        kinds = [each.kind for each in entries_of(world.actor("mentor"), case.pk)]
    assert kinds.count("correction") == 1
    ahead = planned(world, client, case)
    assert client.post(url(case, ahead, "correct/"), sent | {"token": str(uuid4())}).status_code == 409


def test_lines_that_were_used_are_not_folded_away(world: World, signed_in: As) -> None:
    case, client = case_of(world), signed_in("mentor")
    meeting = planned(world, client, case)
    assert "more-lines" in client.get(url(case, meeting, "hold/")).content.decode()
    assert 'more-lines" open' not in client.get(url(case, meeting, "hold/")).content.decode()
    assert 'more-lines" open' in hold(client, case, meeting, **{"agreed-4-what": "Ringa"}).content.decode()


def _when(meeting: Meeting, **changes: str) -> dict[str, str]:
    sent = {"day": (AHEAD + timedelta(days=3)).isoformat(), "time": "09:00", "minutes": "30", "means": "video"}
    sent |= {"place": "", "reason": "Sofia kan inte.", "version": str(meeting.version), "token": str(uuid4())}
    return sent | changes


def test_a_meeting_is_moved_with_a_reason_and_calendars_follow(world: World, signed_in: As) -> None:
    case, client = case_of(world), signed_in("mentor")
    meeting = planned(world, client, case)
    assert client.post(url(case, meeting, "move/"), _when(meeting, reason="")).status_code == 200
    assert client.post(url(case, meeting, "move/"), _when(meeting)).status_code == 302
    text = client.get(url(case, meeting, "meeting.ics")).content.decode()
    assert "SEQUENCE:1" in text
    assert "DTSTART:20260601T070000Z" in text
    late = signed_in("principal").post(url(case, meeting, "move/"), _when(meeting))
    assert late.status_code == 409
    assert "theirs-mine" in late.content.decode()
    assert "1 juni 09.00" in late.content.decode().replace("\xa0", " ")
    with acting(world.actor("mentor")):
        moved = entries_of(world.actor("mentor"), case.pk, ("meeting_moved",))
    assert [each.has_text for each in moved] == [True]


def test_a_cancelled_meeting_stands_as_cancelled(world: World, signed_in: As) -> None:
    case, client = case_of(world), signed_in("mentor")
    meeting = planned(world, client, case)
    sent = {"reason": "Alla är sjuka.", "version": "0", "token": str(uuid4())}
    assert client.post(url(case, meeting, "cancel/"), sent).status_code == 302
    assert "Alla är sjuka." in client.get(url(case, meeting)).content.decode()
    assert "STATUS:CANCELLED" in client.get(url(case, meeting, "meeting.ics")).content.decode()
    for what, fields in (("cancel/", sent), ("move/", _when(meeting, version="1"))):
        answer = client.post(url(case, meeting, what), fields | {"token": str(uuid4()), "version": "1"})
        assert answer.status_code == 409
    assert hold(client, case, meeting, version="1").status_code == 409
    for page in ("hold/", "move/", "cancel/"):
        assert client.get(url(case, meeting, page)).status_code == 409
    assert client.get(url(case, meeting, "letters/")).status_code == 404


def test_how_guardians_were_invited_is_kept(world: World, signed_in: As) -> None:
    case, client = case_of(world), signed_in("mentor")
    meeting = planned(world, client, case)
    with acting(system(world)):
        asked = Participant.objects.get(meeting=meeting, role="legal_guardian")
    sent = {"participant": str(asked.key), "how": "letter", "day": TODAY.isoformat()}
    for wrong in ({"day": AHEAD.isoformat()}, {"how": "pigeon"}):
        client.post(url(case, meeting, "invited/"), sent | wrong | {"token": str(uuid4())})
        with acting(system(world)):
            assert not Participant.objects.get(pk=asked.pk).invited
    assert client.post(url(case, meeting, "invited/"), sent | {"token": str(uuid4())}).status_code == 302
    with acting(system(world)):
        kept = Participant.objects.get(pk=asked.pk)
    assert (kept.invited, kept.invited_on) == ("letter", TODAY)
    unknown = sent | {"participant": str(uuid4()), "token": str(uuid4())}
    assert client.post(url(case, meeting, "invited/"), unknown).status_code == 404


@pytest.mark.parametrize("role", READERS)
def test_those_around_read_and_most_of_them_write(world: World, signed_in: As, role: str) -> None:
    around_alva(world)
    case = case_of(world)
    meeting = planned(world, signed_in("principal"), case)
    client = signed_in(role)
    for page in ("", "letters/", "meeting.ics"):
        assert client.get(url(case, meeting, page)).status_code == 200
    allowed = 200 if role in WRITERS else 403
    for page in ("hold/", "move/", "cancel/"):
        assert client.get(url(case, meeting, page)).status_code == allowed
    for page in ("conversations/new/", "meetings/new/"):
        assert client.get(f"/cases/{case.key}/{page}").status_code == allowed
    assert ("hold/" in client.get(url(case, meeting)).content.decode()) == (role in WRITERS)


@pytest.mark.parametrize("role", [*STRANGERS, "social_worker", "clinician"])
def test_other_roles_have_none_of_it(world: World, signed_in: As, role: str) -> None:
    case = case_of(world)
    meeting = planned(world, signed_in("principal"), case)
    for page in ("", "hold/", "letters/", "meeting.ics"):
        answer = signed_in(role).get(url(case, meeting, page))
        assert answer.status_code == 403
        assert "Rum B12" not in answer.content.decode()


@pytest.mark.parametrize("user", ["other_mentor", "ekbacken_principal", "foreign_principal", "pupil_health", "teacher"])
def test_those_who_do_not_stand_near_find_nothing(world: World, signed_in: As, user: str) -> None:
    case = case_of(world)
    meeting = planned(world, signed_in("principal"), case)
    assert signed_in("mentor").get(url(case, meeting)).status_code == 200
    assert signed_in(user).get(url(case, meeting)).status_code == 404


def test_a_meeting_is_found_in_its_own_case_alone(world: World, signed_in: As) -> None:
    one, other = case_of(world), case_of(world, "Bilal")
    meeting = planned(world, signed_in("mentor"), one)
    assert signed_in("mentor").get(url(one, meeting)).status_code == 200
    for page in ("", "hold/", "correct/", "move/", "cancel/", "letters/", "meeting.ics"):
        assert signed_in("mentor").get(url(other, meeting, page)).status_code == 404
    assert hold(signed_in("mentor"), other, meeting).status_code == 404


def test_the_services_too_find_a_meeting_in_its_own_case_alone(world: World, signed_in: As) -> None:
    one, other, by = case_of(world), case_of(world, "Bilal"), world.actor("mentor")
    key = planned(world, signed_in("mentor"), one).key
    held = Held(day=TODAY, said=SAID)
    with acting(by):
        with pytest.raises(Http404):
            hold_meeting(by=by, case=other, key=key, held=held)
        hold_meeting(by=by, case=one, key=key, held=held)
        with pytest.raises(Http404):
            correct_meeting(by=by, case=other, key=key, text="Nej.")
        correct_meeting(by=by, case=one, key=key, text="Ja.")


def test_nothing_is_added_to_a_closed_case_and_what_stands_is_read(world: World, signed_in: As) -> None:
    case, client = case_of(world), signed_in("principal")
    meeting = planned(world, client, case)
    met.closed(world, case)
    assert client.get(url(case, meeting)).status_code == 200
    assert "hold/" not in client.get(url(case, meeting)).content.decode()
    for page in ("conversations/new/", "meetings/new/"):
        assert client.get(f"/cases/{case.key}/{page}").status_code == 409
    assert talk(client, case).status_code == 409
    assert hold(client, case, meeting).status_code == 409


def test_reading_leaves_a_trace_without_what_was_read(world: World, signed_in: As) -> None:
    case, client = case_of(world), signed_in("mentor")
    talk(client, case)
    meeting = met.latest(world)
    client.get(url(case, meeting))
    entry = AuditEntry.objects.filter(action="conversation.read").latest("pk")
    assert entry.objects_seen == [world.pupils["Alva"].pk]
    assert entry.details["meeting"] == meeting.pk
    assert not AuditEntry.objects.filter(details__icontains="matsalen").exists()


def test_the_steps_own_meeting_answers_its_task(world: World, signed_in: As) -> None:
    case, client = case_of(world, step=2), signed_in("mentor")
    meeting = planned(world, client, case)
    with acting(world.actor("mentor")):
        waiting = {each.source_id for each in tasks_of(world.actor("mentor"), case.pk) if each.is_open}
    assert "meeting" in waiting
    assert hold(client, case, meeting, **{"pupil-outcome": "came"}).status_code == 302
    with acting(world.actor("mentor")):
        waiting = {each.source_id for each in tasks_of(world.actor("mentor"), case.pk) if each.is_open}
    assert "meeting" not in waiting


def test_every_kind_has_questions_in_both_languages() -> None:
    assert set(guides().root) == set(Meeting.Kind)
    for kind in Meeting.Kind:
        swedish, english = guide_for(kind, "sv"), guide_for(kind, "en")
        assert [len(questions) for _heading, questions in swedish] == [len(each) for _heading, each in english]
        assert swedish != english


def test_a_meetings_pages_ask_as_little_for_much_as_for_one(
    world: World, signed_in: As, django_assert_max_num_queries: Any
) -> None:
    case, client = case_of(world), signed_in("mentor")
    small, large = planned(world, client, case), planned(world, client, case, others="\n".join(["tolk"] * 10))
    for number in range(10):
        met.guardian(world, f"Gunilla {number}")
    for meeting in (small, large):
        for page in ("", "hold/", "letters/"):
            client.get(url(case, meeting, page))
            with django_assert_max_num_queries(20 + ASKED_BESIDES):
                assert client.get(url(case, meeting, page)).status_code == 200

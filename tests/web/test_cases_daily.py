"""Reminders, what goes on in line, and the day's mail through a real mail server."""

import socket
from collections.abc import Iterator
from datetime import date, timedelta
from smtplib import SMTPDataError, SMTPSenderRefused
from typing import Any

import pytest
from django.core.mail import EmailMessage

from narvaro.contexts.cases import api, daily, digest, queueing, reminding
from narvaro.contexts.cases.api import Move, NewTask, run_day
from narvaro.contexts.cases.models import Digest, Entry, Task
from narvaro.contexts.register.models import Mentorship
from narvaro.core.actor import Actor
from narvaro.core.clock import now
from narvaro.core.mail_trouble import MOST_TRIES, deliver, pause, trouble
from narvaro.core.models import Job
from narvaro.core.scope import acting
from narvaro.domain.case_states import CaseEvent
from tests.web.cases import decide_year, opened
from tests.web.conftest import As
from tests.web.mail_server import Mailbox, mail_server
from tests.web.world import TODAY, World

LINE = ("mentor", "attendance_coordinator", "principal", "organiser_officer")


@pytest.fixture(autouse=True)
def year(world: World) -> None:
    decide_year(world)


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    with mail_server() as box:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", box.port
        settings.ADDRESS = "https://narvaro.example.se"
        yield box


def run(world: World) -> daily.DayDone:
    return run_day(world.organiser.pk)


def tasks(world: World) -> list[Task]:
    with acting(Actor.system(world.organiser.pk)):
        return list(Task.objects.order_by("pk"))


def test_a_reminder_comes_before_the_day_and_once(world: World, frozen_day: Any) -> None:
    opened(world)  # due Friday 22 May; the plan reminds one school day ahead
    assert run(world).reminded == 0
    frozen_day.move_to("2026-05-21T07:00:00+02:00")
    count = len(tasks(world))
    assert run(world).reminded == count
    assert {each.reminded_on for each in tasks(world)} == {date(2026, 5, 21)}
    assert run(world).reminded == 0


def test_late_work_goes_up_the_line_step_by_step(world: World, frozen_day: Any) -> None:
    opened(world)  # due Friday 22 May; after three school days late it goes on: 26, 27, 28 May
    for day, role in (
        ("2026-05-27", ""),
        ("2026-05-28", "attendance_coordinator"),
        ("2026-06-01", "attendance_coordinator"),
        ("2026-06-02", "principal"),
        ("2026-06-05", "organiser_officer"),
        ("2026-06-11", "organiser_officer"),
    ):
        frozen_day.move_to(f"{day}T07:00:00+02:00")
        run(world)
        before = tasks(world)
        assert {each.escalated_to for each in before} == {role}, day
        run(world)
        assert [each.escalated_on for each in tasks(world)] == [each.escalated_on for each in before]
    with acting(world.actor("principal")):
        assert Entry.objects.filter(kind="escalated").count() == 3 * len(before)
        # Told in the reader's language, and by nobody in person.
        entries = api.entries_of(world.actor("principal"), Task.objects.all()[0].case_id, kinds=["escalated"])
        assert {each.by_name for each in entries} == {""}


def test_late_work_waits_for_its_new_holder(world: World, frozen_day: Any) -> None:
    opened(world)
    frozen_day.move_to("2026-05-28T07:00:00+02:00")
    coordinator = world.actor("attendance_coordinator")
    with acting(coordinator):
        assert api.my_tasks(coordinator) == ()
    run(world)
    with acting(coordinator):
        assert len(api.my_tasks(coordinator)) == len(tasks(world))


def test_nothing_moves_on_a_day_without_school_or_in_a_case_that_rests(world: World, frozen_day: Any) -> None:
    card = opened(world)
    resting = opened(world, "Bilal")
    mentor = world.actor("mentor")
    with acting(mentor):
        move = Move(event=CaseEvent.PARK, version=0, until=date(2026, 6, 9), reason="Sjuk")
        api.move(by=mentor, case=resting.pk, move=move)
    frozen_day.move_to("2026-05-30T07:00:00+02:00")  # a Saturday
    assert run(world) == daily.DayDone(0, 0, 0)
    frozen_day.move_to("2026-06-01T07:00:00+02:00")
    assert run(world).escalated > 0
    assert {each.case_id for each in tasks(world) if each.escalated_to} == {card.pk}


@pytest.mark.parametrize(
    ("role", "held", "expected"),
    [
        ("mentor", LINE, "attendance_coordinator"),
        ("mentor", ("principal",), "principal"),
        ("principal", LINE, "organiser_officer"),
        ("organiser_officer", LINE, None),
        ("pupil_health", LINE, "attendance_coordinator"),
    ],
)
def test_next_in_line(role: str, held: tuple[str, ...], expected: str | None) -> None:
    assert reminding.next_in_line(role, LINE, held) == expected


def test_the_mail_says_how_much_and_where_and_nothing_of_whom(world: World, frozen_day: Any, mailbox: Mailbox) -> None:
    opened(world, worry="Hemligt")
    world.users["mentor"].language = "en"
    world.users["mentor"].save()
    assert run(world).sent == 0  # nothing is due yet
    frozen_day.move_to("2026-05-22T07:00:00+02:00")
    assert run(world).sent == 1
    (mail,) = mailbox.to("mentor@example.se")
    body = mail.get_content()
    assert mail["Subject"] == f"{len(tasks(world))} things wait for you in Närvaro"
    assert "https://narvaro.example.se/cases/tasks/" in body
    everything = str(mail) + body
    for name in ("Alva", "Påhittad", "Strand", "7B", "Hemligt", "Samtal", "Person"):
        assert name not in everything


def test_one_mail_a_person_and_day(world: World, frozen_day: Any, mailbox: Mailbox) -> None:
    opened(world)
    opened(world, "Bilal")
    frozen_day.move_to("2026-05-22T07:00:00+02:00")
    assert run(world).sent == 1
    assert run(world).sent == 0
    frozen_day.move_to("2026-05-26T07:00:00+02:00")
    assert run(world).sent == 1
    assert len(mailbox.to("mentor@example.se")) == len(mailbox.mails) == 2


def test_each_in_their_language(world: World, frozen_day: Any, mailbox: Mailbox) -> None:
    opened(world)
    opened(world, "Ida", by="principal", step=3)
    world.users["mentor"].language = "en"
    world.users["mentor"].save()
    frozen_day.move_to("2026-06-05T07:00:00+02:00")
    run(world)
    assert "Tasks whose day is near, or has been" in mailbox.to("mentor@example.se")[0].get_content()
    assert "Uppgifter vars dag är nära" in mailbox.to("principal@example.se")[0].get_content()


def test_a_protected_pupils_work_is_in_nobody_elses_count(world: World, frozen_day: Any, mailbox: Mailbox) -> None:
    opened(world, "Ida", by="principal", step=4)
    frozen_day.move_to("2026-06-10T07:00:00+02:00")
    run(world)
    assert {each["To"] for each in mailbox.mails} == {"principal@example.se"}


def test_without_a_mail_server_nothing_is_noted_and_the_next_try_sends(
    world: World, frozen_day: Any, settings: Any
) -> None:
    system = Actor.system(world.organiser.pk)
    opened(world)
    frozen_day.move_to("2026-05-22T07:00:00+02:00")
    no_server(settings)
    assert run(world).mail_waits
    with acting(system):
        assert not Digest.objects.exists()
        assert trouble(system) is not None
    with mail_server() as box:
        settings.EMAIL_PORT = box.port
        assert run(world).sent == 1
    with acting(system):
        assert trouble(system) is None


def no_server(settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        closed = server.getsockname()[1]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", closed


@pytest.mark.parametrize(
    ("tries", "minutes"), [(1, 15), (2, 30), (3, 60), (4, 120), (5, 240), (6, 480), (7, 480), (1000, 480)]
)
def test_pauses_grow_to_a_third_of_a_day(tries: int, minutes: int) -> None:
    assert pause(tries) == timedelta(minutes=minutes)


def test_mail_that_waits_is_tried_after_its_pause_and_no_job_fails(
    world: World, frozen_day: Any, settings: Any
) -> None:
    opened(world)
    no_server(settings)
    system, queued = Actor.system(world.organiser.pk), []
    for moment in ("07:00", "07:10", "07:16", "07:30", "07:47", "08:00"):
        frozen_day.move_to(f"2026-05-22T{moment}:00+02:00")
        queueing.queue_what_is_due()
        with acting(system):
            queued.append(Job.objects.count())
    assert queued == [1, 1, 2, 2, 3, 3]
    with mail_server() as box:
        settings.EMAIL_PORT = box.port
        frozen_day.move_to("2026-05-22T09:00:00+02:00")
        queueing.queue_what_is_due()
        frozen_day.move_to("2026-05-22T20:00:00+02:00")
        queueing.queue_what_is_due()
    assert len(box.mails) == 1
    with acting(system):
        assert set(Job.objects.values_list("state", flat=True)) == {"done"}
        assert (Job.objects.count(), trouble(system)) == (4, None)


def test_the_system_administrator_is_told_and_nobody_else(
    world: World, frozen_day: Any, settings: Any, signed_in: As
) -> None:
    told = "E-postservern tar inte emot"
    assert told not in signed_in("system_administrator").get("/settings/").content.decode()
    opened(world)
    frozen_day.move_to("2026-05-22T07:00:00+02:00")
    no_server(settings)
    run(world)
    html = signed_in("system_administrator").get("/settings/").content.decode()
    assert told in html
    assert "efter 1 försök" in html
    assert told not in signed_in("principal").get("/settings/").content.decode()


@pytest.mark.parametrize(
    ("error", "kept"),
    [(SMTPDataError(451, b"no"), 0), (SMTPSenderRefused(550, b"no", "a"), 0), (ConnectionResetError(), 1)],
)
def test_what_the_server_surely_did_not_take_is_sent_again(
    world: World, frozen_day: Any, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch, error: Exception, kept: int
) -> None:
    """Where nobody can know whether it was taken it comes twice never."""
    opened(world)
    frozen_day.move_to("2026-05-22T07:00:00+02:00")

    def refused(*_: object, **__: object) -> None:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(digest.EmailMessage, "send", refused)
        assert run(world).mail_waits
    with acting(Actor.system(world.organiser.pk)):
        assert Digest.objects.count() == kept
    assert run(world).sent == 1 - kept


def test_a_letter_about_a_meeting_is_sent_again_after_a_pause(world: World, settings: Any) -> None:
    system = Actor.system(world.organiser.pk)
    no_server(settings)
    again: list[Any] = []

    def letter() -> EmailMessage:
        return EmailMessage("s", "b", to=["a@example.se"])

    class Task:
        def using(self, *, run_after: Any) -> "Task":
            again.append(run_after)
            return self

        def enqueue(self, **arguments: Any) -> None:
            again.append(arguments)

    for tries in (0, MOST_TRIES):
        deliver(letter(), by=system, task=Task(), tries=tries, arguments={"what": "moved"})
    assert again == [now() + timedelta(minutes=15), {"what": "moved", "tries": 1}]
    with acting(system):
        found = trouble(system)
        assert found is not None
        assert found.tries == 1  # letters of the same moment are one try
    with mail_server() as box:
        settings.EMAIL_PORT = box.port
        deliver(letter(), by=system, task=Task(), tries=1, arguments={})
    assert len(box.mails) == 1
    with acting(system):
        assert trouble(system) is None


def test_killed_in_the_middle_of_a_mail_it_comes_twice_never(
    world: World, frozen_day: Any, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(world)
    frozen_day.move_to("2026-05-22T07:00:00+02:00")

    class Killed(BaseException):
        pass

    def killed(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(digest.EmailMessage, "send", killed)
        with pytest.raises(Killed):
            run(world)
    assert run(world).sent == 0
    assert mailbox.mails == []


def test_killed_in_the_middle_of_passing_on_nothing_half_is_kept(
    world: World, frozen_day: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(world)
    frozen_day.move_to("2026-05-28T07:00:00+02:00")

    class Killed(BaseException):
        pass

    real, left = reminding._told, [2]

    def soon_killed(*given: Any) -> None:
        if not left[0]:
            raise Killed
        left[0] -= 1
        real(*given)

    with monkeypatch.context() as patched:
        patched.setattr(reminding, "_told", soon_killed)
        with pytest.raises(Killed):
            run(world)
    assert {each.escalated_to for each in tasks(world)} == {""}
    assert run(world).escalated == len(tasks(world))


def test_the_worker_queues_one_job_a_day_and_anew_when_it_failed(
    world: World, frozen_day: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    frozen_day.move_to("2026-05-21T05:00:00+02:00")
    assert queueing.queue_what_is_due() == 0
    frozen_day.move_to("2026-05-21T06:30:00+02:00")
    with monkeypatch.context() as patched:
        patched.setattr(daily, "run_day", lambda _: (_ for _ in ()).throw(OSError))
        assert queueing.queue_what_is_due() == 2  # two organisers; both fail
    assert queueing.queue_what_is_due() == 2
    assert queueing.queue_what_is_due() == 0
    with acting(Actor.system(world.organiser.pk)):
        assert list(Job.objects.order_by("pk").values_list("state", flat=True)) == ["failed", "done"]
    frozen_day.move_to(f"{TODAY + timedelta(days=2)}T06:30:00+02:00")
    assert queueing.queue_what_is_due() == 2


def test_nobody_who_is_invented_gets_mail(world: World, frozen_day: Any, mailbox: Mailbox, settings: Any) -> None:
    opened(world)
    frozen_day.move_to("2026-05-22T07:00:00+02:00")
    settings.PRACTICE_DAY = date(2026, 5, 22)
    assert run(world).sent == 0
    settings.PRACTICE_DAY = None
    assert run(world).sent == 1


def test_the_substitute_is_mailed_for_whom_they_stand_in(world: World, frozen_day: Any, mailbox: Mailbox) -> None:
    from narvaro.contexts.cases.standing_in import name_substitute

    opened(world)
    mentor = world.actor("mentor")
    with acting(mentor):
        days = {"first_day": TODAY, "last_day": TODAY + timedelta(days=9)}
        name_substitute(by=mentor, substitute=world.users["teacher"].pk, **days)
    frozen_day.move_to("2026-05-22T07:00:00+02:00")
    run(world)
    assert mailbox.to("teacher@example.se")


def test_a_task_of_ones_own_is_reminded_of_too(world: World, frozen_day: Any) -> None:
    card = opened(world)
    mentor = world.actor("mentor")
    with acting(mentor):
        new = NewTask(what="Ring", owner_role="mentor", owner_id=mentor.user_id, due=date(2026, 6, 9))
        api.add_tasks(by=mentor, case=card.pk, tasks=[new])
    frozen_day.move_to("2026-06-08T07:00:00+02:00")
    run(world)
    assert next(each for each in tasks(world) if each.what == "Ring").reminded_on == date(2026, 6, 8)


def test_who_no_longer_works_around_the_pupil_holds_nothing_there(world: World, frozen_day: Any) -> None:
    card = opened(world)
    with acting(world.actor("principal")):
        Mentorship.objects.filter(pupil_id=card.pupil).update(last_day=TODAY)
        Mentorship.of(pupil_id=card.pupil, user=world.users["other_mentor"], first_day=TODAY).save()
    run(world)
    assert {each.owner_id for each in tasks(world)} == {world.users["mentor"].pk}
    frozen_day.move_to("2026-05-21T07:00:00+02:00")
    run(world)
    assert {each.owner_id for each in tasks(world)} == {world.users["other_mentor"].pk}
    other = world.actor("other_mentor")
    with acting(other):
        assert api.find_case(other, card.key).owner_name == "Person other_mentor"
        Mentorship.objects.filter(pupil_id=card.pupil).update(last_day=TODAY)
    run(world)
    assert {each.owner_id for each in tasks(world)} == {None}

"""The plan as pages: read, drafted, talked about, approved by somebody else; and schools that do otherwise."""

import re
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from narvaro.contexts.plan.api import deviations_of, plan_in_force, plan_of_version, version_in_force
from narvaro.contexts.plan.models import PlanComment, PlanVersion, SchoolDeviation
from narvaro.core.models import AuditEntry
from narvaro.core.scope import acting
from tests.web.world import TODAY

DAY = "%Y-%m-%d"


def sent(**values: Any) -> dict[str, Any]:
    return {"token": str(uuid4()), **values}


def fields_of(page: str) -> dict[str, Any]:
    """What a browser would send of the main form of a page, unchanged."""
    form = next(each for each in re.findall(r"<form method=\"post\" novalidate>.*?</form>", page, re.DOTALL))
    found: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        values = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if values.get("type") in ("checkbox", "radio") and " checked" not in tag:
            continue
        if "name" in values:
            found.setdefault(values["name"], []).append(unescape(values.get("value", "")))
    for name, text in re.findall(r'<textarea name="([\w-]+)"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL):
        found[name] = [unescape(text)]
    for name, options in re.findall(r'<select name="([\w-]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        found[name] = [chosen[1] if chosen else re.search(r'<option value="([^"]*)"', options)[1]]  # type: ignore[index]
    return found


@pytest.fixture
def draft(world, signed_in):
    """A draft from the shipped plan, by the organiser's officer."""
    client = signed_in("organiser_officer")
    response = client.post(reverse("plan_preset", args=["tyreso_default"]), sent(reason="Nya gränser"))
    assert response.status_code == 302
    with acting(world.actor("organiser_officer")):
        return PlanVersion.objects.get(state="draft")


def stored(world, pk):
    with acting(world.actor("organiser_officer")):
        return PlanVersion.objects.get(pk=pk)


def plan_of(world, pk):
    actor = world.actor("organiser_officer")
    with acting(actor):
        return plan_of_version(actor, pk)


READERS = ("teacher", "mentor", "principal", "organiser_officer", "system_administrator", "evaluator")


@pytest.mark.parametrize("role", READERS)
def test_staff_read_the_plan_in_every_form(role, world, signed_in):
    client = signed_in(role)
    page = client.get(reverse("plan")).content.decode()
    assert "Elevhälsoteam och frånvaroutredning" in page
    assert "Ring vårdnadshavarna. Ett meddelande räcker inte." in page
    with acting(world.actor(role)):
        key = version_in_force(world.actor(role), TODAY).key
    for route in ("plan_version", "plan_staircase", "plan_map", "plan_compare"):
        assert client.get(reverse(route, args=[key])).status_code == 200, route
    assert client.get(reverse("plan_versions")).status_code == 200
    assert client.get(reverse("plan_preset", args=["danderyd_like"])).status_code == 200


@pytest.mark.parametrize("role", ["legal_guardian", "pupil"])
def test_guardians_and_pupils_read_it_in_plain_words_without_limits(role, signed_in):
    client = signed_in(role)
    page = client.get(reverse("plan")).content.decode()
    assert "Elevhälsoteam och frånvaroutredning" in page
    assert "skolplikt" in page
    assert "total_rate" not in page
    assert "15 %" not in page
    invited = next(line for line in page.splitlines() if "<li><b>" in line)
    steps = invited.split("<li><b>")[1:]
    assert [("bjuds in" in step or "are invited" in step) for step in steps] == [False, True, False, True]
    assert client.get(reverse("plan_versions")).status_code == 403
    assert "15 %" in signed_in("teacher").get(reverse("plan")).content.decode()


def test_the_map_leads_to_each_step_and_has_a_table(world, signed_in):
    client = signed_in("mentor")
    client.get(reverse("plan"))
    with acting(world.actor("mentor")):
        key = version_in_force(world.actor("mentor"), TODAY).key
    page = client.get(reverse("plan_map", args=[key])).content.decode()
    document = reverse("plan_version", args=[key])
    for step in (1, 2, 3, 4):
        assert f'href="{document}#step-{step}"' in page
    assert "style=" not in page
    assert '<th scope="row">mentor</th>' in page
    whole = client.get(document).content.decode()
    assert all(f'id="step-{step}"' in whole for step in (1, 2, 3, 4))


PARTS = (
    *("about", "step-1", "step-3", "rule-total_15", "case_rule-step_1_no_effect", "expectations", "contacts"),
    *("not_doing", "guardian_texts", "overdue", "schools"),
)


@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_is_saved_unchanged_leaves_the_plan_as_it_was(part, draft, world, signed_in):
    client, address = signed_in("organiser_officer"), reverse("plan_part", args=[draft.key, part])
    before = plan_of(world, draft.pk)
    page = client.get(address).content.decode()
    response = client.post(address, fields_of(page))
    assert response.status_code == 302, re.findall(r'class="error".*?</p>', response.content.decode(), re.DOTALL)
    assert stored(world, draft.pk).version == 1
    assert plan_of(world, draft.pk) == before


def change(client, draft, part, **values):
    address = reverse("plan_part", args=[draft.key, part])
    return client.post(address, {**fields_of(client.get(address).content.decode()), **sent(**values)})


def test_parts_are_changed_added_and_taken_out(draft, world, signed_in):
    client = signed_in("organiser_officer")
    assert change(client, draft, "step-1", contact_within="1", do_0_text="Fråga alla lärare.").status_code == 302
    assert change(client, draft, "new-step", name="Uppföljning").status_code == 302
    values = {"step": "5", "severity": "2", "when": "occasions(term) >= 4", "text": "Minst 4 tillfällen"}
    assert change(client, draft, "new-rule", **values).status_code == 302
    plan = plan_of(world, draft.pk)
    assert plan.step(1).work.contact_within == 1
    assert plan.step(1).work.must_do[0].text.sv == "Fråga alla lärare."
    assert plan.step(5).name.sv == "Uppföljning"
    assert [rule.step for rule in plan.rules if rule.id == "minst_4_tillfallen"] == [5]

    remove = reverse("plan_part_remove", args=[draft.key, "step-5"])
    assert client.post(remove).status_code == 409
    assert client.post(reverse("plan_part_remove", args=[draft.key, "rule-minst_4_tillfallen"])).status_code == 302
    assert client.post(remove).status_code == 302
    assert plan_of(world, draft.pk).step(5) is None


def test_a_rule_that_cannot_be_read_is_told_where_it_is_written(draft, world, signed_in):
    client = signed_in("organiser_officer")
    response = change(client, draft, "rule-total_15", when="total_rate(week) >= 0.15")
    assert response.status_code == 200
    assert "week" in response.content.decode()
    assert stored(world, draft.pk).version == 0
    assert change(client, draft, "rule-total_15", when="total_rate(last_20) >= 0.14").status_code == 302


def test_two_people_change_different_parts_at_the_same_time(draft, world, signed_in):
    one, other = signed_in("organiser_officer"), signed_in("principal")
    step, about = (reverse("plan_part", args=[draft.key, part]) for part in ("step-1", "about"))
    first, second = fields_of(one.get(step).content.decode()), fields_of(other.get(about).content.decode())
    assert one.post(step, {**first, "contact_within": "1"}).status_code == 302
    assert other.post(about, {**second, "title": "Vår egen plan"}).status_code == 302
    plan = plan_of(world, draft.pk)
    assert (plan.title, plan.step(1).work.contact_within) == ("Vår egen plan", 1)
    assert stored(world, draft.pk).title == "Vår egen plan"


def test_the_second_to_save_the_same_part_sees_both_texts(draft, world, signed_in):
    one, other = signed_in("organiser_officer"), signed_in("principal")
    address = reverse("plan_part", args=[draft.key, "about"])
    first, second = fields_of(one.get(address).content.decode()), fields_of(other.get(address).content.decode())
    assert one.post(address, {**first, "title": "Den enas titel"}).status_code == 302
    response = other.post(address, {**second, "title": "Den andras titel"})
    assert response.status_code == 409
    page = response.content.decode()
    assert "Den enas titel" in page
    assert "Den andras titel" in page
    assert plan_of(world, draft.pk).title == "Den enas titel"


def test_long_text_that_was_not_saved_is_there_when_the_page_is_opened_again(draft, signed_in):
    client, address = signed_in("organiser_officer"), reverse("plan_part", args=[draft.key, "guardian_texts"])
    place = f"plan_guardian_texts:{draft.key}"
    assert place in client.get(address).content.decode()
    assert client.post(reverse("draft"), {"place": place, "texts": "Halvskriven text"}).status_code == 200
    assert "Halvskriven text" in client.get(address).content.decode()
    assert change(client, draft, "guardian_texts", texts="Färdig text", texts_en="").status_code == 302
    assert "Halvskriven" not in client.get(address).content.decode()


def approval(draft, seen=0, **values):
    form = {"decided_on": TODAY.strftime(DAY), "decision_reference": "BUN § 42", "in_force_from": TODAY.strftime(DAY)}
    return sent(seen=str(seen), **(form | values))


def test_whoever_wrote_a_version_cannot_approve_it(draft, world, signed_in):
    address = reverse("plan_approve", args=[draft.key])
    assert signed_in("organiser_officer").post(address, approval(draft)).status_code == 409
    assert stored(world, draft.pk).state == "draft"
    assert signed_in("principal").post(address, approval(draft)).status_code == 403
    assert signed_in("system_administrator").post(address, approval(draft)).status_code == 302
    made = stored(world, draft.pk)
    assert (made.state, made.decision_reference, made.in_force_from) == ("approved", "BUN § 42", TODAY)
    actor = world.actor("mentor")
    with acting(actor):
        assert version_in_force(actor, TODAY).pk == draft.pk
        assert AuditEntry.objects.filter(action="plan.approve", decision="granted").exists()


def test_what_is_approved_is_what_was_read(draft, world, signed_in):
    assert change(signed_in("organiser_officer"), draft, "about", title="Ändrad efter läsningen").status_code == 302
    address = reverse("plan_approve", args=[draft.key])
    assert signed_in("system_administrator").post(address, approval(draft, seen=0)).status_code == 409
    assert signed_in("system_administrator").post(address, approval(draft, seen=1)).status_code == 302


@pytest.mark.parametrize(
    ("name", "day"), [("in_force_from", TODAY - timedelta(days=1)), ("decided_on", TODAY + timedelta(days=1))]
)
def test_a_plan_begins_today_or_later_by_a_decision_that_was_made(name, day, draft, world, signed_in):
    address, client = reverse("plan_approve", args=[draft.key]), signed_in("system_administrator")
    assert client.post(address, approval(draft, **{name: day.strftime(DAY)})).status_code == 200
    assert stored(world, draft.pk).state == "draft"


def test_a_plan_that_begins_later_is_in_force_then(draft, world, signed_in):
    later = TODAY + timedelta(days=10)
    form = approval(draft, in_force_from=later.strftime(DAY))
    assert signed_in("system_administrator").post(reverse("plan_approve", args=[draft.key]), form).status_code == 302
    actor = world.actor("mentor")
    with acting(actor):
        assert version_in_force(actor, TODAY).number == 1
        assert version_in_force(actor, later).pk == draft.pk


def test_what_is_approved_or_withdrawn_is_never_changed(draft, world, signed_in):
    client = signed_in("organiser_officer")
    assert client.get(reverse("plan_part", args=[draft.key, "about"])).status_code == 200
    assert client.post(reverse("plan_withdraw", args=[draft.key])).status_code == 302
    assert client.get(reverse("plan_part", args=[draft.key, "about"])).status_code == 409
    assert client.post(reverse("plan_withdraw", args=[draft.key])).status_code == 409
    assert (
        signed_in("system_administrator").post(reverse("plan_approve", args=[draft.key]), approval(draft)).status_code
        == 409
    )
    assert client.post(reverse("plan_start", args=[draft.key]), sent(reason="Igen")).status_code == 302
    with acting(world.actor("organiser_officer")):
        assert sorted(PlanVersion.objects.values_list("number", "state")) == [
            (1, "approved"),
            (2, "withdrawn"),
            (3, "draft"),
        ]


def test_two_versions_are_compared_part_by_part(draft, signed_in):
    client = signed_in("organiser_officer")
    address = reverse("plan_compare", args=[draft.key])
    assert (
        "De två säger samma sak" in client.get(address).content.decode()
        or "The two say the same" in client.get(address).content.decode()
    )
    assert change(client, draft, "step-1", contact_within="1").status_code == 302
    page = client.get(address).content.decode()
    assert "Samtal" in page
    assert "2 skoldagar" in page or "2 school days" in page
    assert "1 skoldag" in page or "1 school day" in page


def test_comments_are_made_by_staff_and_settled(draft, world, signed_in):
    mentor, address = signed_in("mentor"), reverse("plan_comment", args=[draft.key])
    assert mentor.post(address, sent(place="step-2", text="Hinner vi det?")).status_code == 302
    page = mentor.get(reverse("plan_version", args=[draft.key])).content.decode()
    assert "Hinner vi det?" in page
    with acting(world.actor("mentor")):
        made = PlanComment.objects.get()
    assert mentor.post(reverse("plan_comment_settle", args=[draft.key, made.key])).status_code == 302
    with acting(world.actor("mentor")):
        assert PlanComment.objects.get().settled_at is not None
    assert signed_in("evaluator").post(address, sent(place="", text="Jag med")).status_code == 403


def test_whoever_approves_reads_why_and_what_is_not_settled(draft, world, signed_in):
    client, address = signed_in("system_administrator"), reverse("plan_approve", args=[draft.key])
    html = client.get(address).content.decode()
    assert "Nya gränser" in html
    assert "inte avklarad" not in html
    signed_in("mentor").post(reverse("plan_comment", args=[draft.key]), sent(place="step-2", text="Hinner vi det?"))
    assert "1 kommentar är inte avklarad" in client.get(address).content.decode()


def test_one_version_is_compared_with_nothing(world, signed_in):
    client = signed_in("principal")
    with acting(world.actor("principal")):
        only = version_in_force(world.actor("principal"), TODAY)
    html = client.get(reverse("plan_compare", args=[only.key])).content.decode()
    assert "Det finns bara en version" in html
    assert "delar skiljer" not in html


def test_another_authority_finds_nothing_of_it(draft, signed_in):
    for route in ("plan_version", "plan_staircase", "plan_map", "plan_compare"):
        assert signed_in("teacher").get(reverse(route, args=[draft.key])).status_code == 200
        assert signed_in("foreign_principal").get(reverse(route, args=[draft.key])).status_code == 404
    assert signed_in("foreign_principal").get(reverse("plan_part", args=[draft.key, "about"])).status_code == 404


# Schools that do otherwise


def school(world, place=""):
    address = reverse("plan_school", args=[world.strand.key])
    return f"{address}?place={place}" if place else address


def test_a_principal_does_otherwise_at_the_own_school_and_ends_it(world, signed_in):
    client, actor = signed_in("principal"), world.actor("principal")
    place = "steps.1.contact_within"
    assert client.get(school(world)).status_code == 200
    assert client.post(school(world, place), sent(value="1", reason="Vi är små")).status_code == 302
    with acting(actor):
        version = version_in_force(actor, TODAY)
        assert plan_of_version(actor, version.pk).step(1).work.contact_within == 2
        assert plan_of_version(actor, version.pk, unit=world.strand.pk).step(1).work.contact_within == 1
        assert plan_of_version(actor, version.pk, unit=world.ekbacken.pk).step(1).work.contact_within == 2
        made = SchoolDeviation.objects.get()
    assert "Vi är små" in signed_in("teacher").get(reverse("plan")).content.decode()
    end = reverse("plan_deviation_end", args=[world.strand.key, made.key])
    assert signed_in("ekbacken_principal").post(end).status_code == 404
    assert client.post(end).status_code == 302
    with acting(actor):
        assert deviations_of(actor, version.pk) == ()
        assert len(deviations_of(actor, version.pk, ended=True)) == 1
    assert client.post(end).status_code == 404


STAFF = ["mentor", "pupil_health"]
CHANGES = [
    ("steps.2.meeting.participants", {"value": STAFF}, lambda plan: [*plan.step(2).work.meeting.participants] == STAFF),
    ("steps.2.must_do", {"value": "Fråga."}, lambda plan: plan.step(2).work.must_do[-1].text.sv == "Fråga."),
    ("contacts", {"contact_0_function": "Kuratorn"}, lambda plan: plan.contacts[-1].function.sv == "Kuratorn"),
]


@pytest.mark.parametrize(("place", "values", "holds"), CHANGES)
def test_a_school_changes_what_the_plan_lets_it(place, values, holds, world, signed_in):
    actor = world.actor("principal")
    with acting(actor):
        version = version_in_force(actor, TODAY)
        assert not holds(plan_of_version(actor, version.pk, unit=world.strand.pk))
    client = signed_in("principal")
    assert client.get(school(world, place)).status_code == 200
    assert client.post(school(world, place), sent(reason="Så gör vi", **values)).status_code == 302
    with acting(actor):
        assert holds(plan_of_version(actor, version.pk, unit=world.strand.pk))
    assert client.get(school(world)).status_code == 200


def test_nobody_changes_what_the_plan_keeps_or_at_another_school(world, signed_in):
    form = sent(value="1", reason="Nej")
    assert signed_in("principal").post(school(world, "steps.1.owner"), form).status_code == 404
    assert signed_in("ekbacken_principal").post(school(world, "steps.1.contact_within"), form).status_code == 404
    assert signed_in("mentor").post(school(world, "steps.1.contact_within"), form).status_code == 403


def test_pages_ask_no_more_for_many_deviations_and_comments(draft, world, signed_in, django_assert_max_num_queries):
    actor, client = world.actor("principal"), signed_in("teacher")
    with acting(actor):
        version, user = version_in_force(actor, TODAY), world.users["principal"]
        for number in range(30):
            SchoolDeviation.of(
                plan_version_id=version.pk, unit=world.strand, place=f"steps.{number}.others", value=["teacher"],
                reason="x", by=user, at="2026-05-20T10:00:00Z", first_day=TODAY,
            ).save()  # fmt: skip
            PlanComment.of(plan_version_id=draft.pk, text="y", by=user, at="2026-05-20T10:00:00Z").save()
        assert len(deviations_of(actor, version.pk)) == 30
        assert plan_in_force(actor, TODAY).steps
    for key in (version.key, draft.key):
        with django_assert_max_num_queries(20):
            assert client.get(reverse("plan_version", args=[key])).status_code == 200

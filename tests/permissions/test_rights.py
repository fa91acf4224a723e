"""The rights themselves, without pages: everybody, every act, every child, against the oracle."""

import copy

import pytest

from narvaro.contexts.cases.permissions import visible_cases
from narvaro.contexts.register import permissions
from narvaro.contexts.register.permissions import RELATIONS, visible_pupils
from narvaro.core.access import Access, access
from narvaro.core.accounts import actors_of
from narvaro.core.actor import Actor
from narvaro.core.errors import Forbidden
from narvaro.core.scope import acting
from tests.permissions.asking import Asker
from tests.permissions.oracle import is_kept, law, relations_of, sees
from tests.permissions.people import Person

ACTIONS = sorted(law()["actions"])


@pytest.fixture(scope="module")
def actors(asker: Asker) -> dict[Person, Actor]:
    """Those with a role today."""
    found = {person: actors_of(asker.world.users[person.key]) for person in asker.world.people.values()}
    assert all(len(each) == person.period.holds() for person, each in found.items())
    return {person: each[0] for person, each in found.items() if each}


@pytest.mark.parametrize("action", ACTIONS)
def test_everybody_sees_exactly_whom_they_may(asker: Asker, actors: dict[Person, Actor], action: str) -> None:
    world = asker.world
    names = {pupil.pk: key for key, pupil in world.pupils.items()}
    for person, actor in actors.items():
        with acting(actor):
            if relations_of(asker.rules, person, action):
                found = {names[pk] for pk in _reached(actor, action)}
                may = {key for key, child in world.children.items() if sees(asker.rules, person, action, child)}
                assert found == may, (person, found ^ may)
            else:
                with pytest.raises(Forbidden):
                    visible_pupils(actor, action)


def _reached(actor: Actor, action: str) -> set[int]:
    """The pupils; for what a school keeps, those whose case it is."""
    if is_kept(action):
        return set(visible_cases(actor, action).values_list("pupil", flat=True))
    return set(visible_pupils(actor, action).values_list("pk", flat=True))


@pytest.mark.parametrize("action", ACTIONS)
def test_each_role_is_told_whether_and_why(action: str) -> None:
    allowed = 0
    for role, words in access().roles.items():
        actor = Actor(user_id=1, name="", role=role, authority_id=1)
        decision = access().decide(actor, action)
        allow = law()["actions"][action]["allow"]
        relations = tuple(allow.get(role, allow.get("everyone", ())))
        assert (decision.allowed, decision.relations) == (bool(relations), relations)
        assert ("allows this" in decision.reason.say("en")) == decision.allowed
        if decision.allowed:
            assert access().relations_for(actor, action) == relations
        else:
            with pytest.raises(Forbidden) as refused:
                access().relations_for(actor, action)
            assert refused.value.message == decision.reason
        assert words.say("en") != words.say("sv") or role == "mentor"
        allowed += decision.allowed
    assert allowed > 0


def test_the_program_itself_sees_its_authority_only(asker: Asker) -> None:
    world = asker.world
    for authority, row in world.authorities.items():
        with acting(Actor.system(row.pk)):
            found = set(visible_pupils(Actor.system(row.pk), "attendance.read").values_list("pk", flat=True))
        assert found == {world.pupils[key].pk for key, each in world.children.items() if each.authority == authority}


def test_the_program_itself_is_kept_from_nobody(asker: Asker) -> None:
    for person, row in (("listed_nobody", 1), ("evaluator", 0)):
        actor = actors_of(asker.world.users[person])[0]
        with acting(actor):
            found = permissions.Pupil.objects.filter(permissions.open_to(actor), protection__isnull=False).count()
            assert found == row
            system = Actor.system(actor.authority_id)
            all_of_them = permissions.Pupil.objects.filter(permissions.open_to(system), protection__isnull=False)
            assert all_of_them.count() == 3


def test_one_of_several_relations_is_enough(
    asker: Asker, actors: dict[Person, Actor], monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = copy.deepcopy(dict(asker.rules))
    rules["actions"]["attendance.read"]["allow"] = {"mentor": ["mentored", "own_unit"]}
    monkeypatch.setattr(permissions, "access", lambda: Access.model_validate(rules))
    person = asker.world.people["mentor"]
    with acting(actors[person]):
        found = set(visible_pupils(actors[person], "attendance.read").values_list("pk", flat=True))
    children = asker.world.children.items()
    may = {asker.world.pupils[key].pk for key, child in children if sees(rules, person, "attendance.read", child)}
    assert found == may
    assert asker.world.pupils["gone"].pk in found  # mentored, at no school of his
    assert asker.world.pupils["apart"].pk in found  # at his school, another's pupil


def test_a_relation_that_the_file_names_is_there_and_no_other() -> None:
    assert set(RELATIONS) == set(access().relations)


@pytest.mark.parametrize(
    ("route", "method", "action"),
    [
        ("warning_decide", "POST", "warning.decide"),
        ("pupil", "GET", "attendance.read"),
        ("pupil", "HEAD", "attendance.read"),
        ("pupil", "POST", None),
        ("nowhere", "GET", None),
    ],
)
def test_the_action_of_a_route(route: str, method: str, action: str | None) -> None:
    assert access().action_of(route, method) == action

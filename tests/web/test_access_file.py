"""definitions/access.yaml is complete: nothing can be asked for, kept or sent that it does not name."""

import ast
import importlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest
import yaml
from django.apps import apps
from django.db import models
from django.forms.forms import BaseForm
from pydantic import ValidationError

from narvaro.core.access import FILE, Access, access
from tests.permissions.routes import routes

SOURCE = Path(__file__).resolve().parents[2] / "src/narvaro"
Classified = Mapping[str, Mapping[str, tuple[str, ...]]]


def route_faults(rules: Access, names: Iterable[str]) -> list[str]:
    """What is asked for without a rule, ruled without being there, or ruled twice."""
    walked = Counter(names)
    ruled = Counter([*rules.public, *rules.own_account, *rules.routes])
    return [
        *(f"no rule: {name or 'an address without a name'}" for name in sorted(walked - ruled) if name not in ruled),
        *(f"unknown: {name}" for name in sorted(set(ruled) - set(walked))),
        *(f"ruled twice: {name}" for name, times in sorted(ruled.items()) if times > 1),
        *(f"no method: {name}" for name, methods in sorted(rules.routes.items()) if not methods),
    ]


def action_faults(rules: Access) -> list[str]:
    used = {action for methods in rules.routes.values() for action in methods.values()}
    personal = {name: action for name, action in rules.actions.items() if action.personal}
    return [
        *(f"no route uses {name}" for name in sorted(set(rules.actions) - used)),
        *(
            f"{name} does not say what it shows"
            for name, action in sorted(personal.items())
            if "shows" not in action.model_fields_set
        ),
        *(
            f"{name} shows {category}"
            for name, action in sorted(rules.actions.items())
            for category in action.shows
            if category in {"secret", "technical"}
        ),
    ]


def field_faults(kept: Classified, there: Mapping[str, set[str]]) -> list[str]:
    """Fields without a category, with two, or that are not there."""
    found = []
    for name in sorted({*kept, *there}):
        listed = Counter(field for fields in kept.get(name, {}).values() for field in fields)
        found += [f"no category: {name}.{field}" for field in sorted(there.get(name, set()) - set(listed))]
        found += [f"unknown: {name}.{field}" for field in sorted(set(listed) - there.get(name, set()))]
        found += [f"two categories: {name}.{field}" for field, times in sorted(listed.items()) if times > 1]
    return found


def model_fields() -> dict[str, set[str]]:
    return {model._meta.label: columns_of(model) for model in apps.get_models()}


def columns_of(model: type[models.Model]) -> set[str]:
    return {field.name for field in (*model._meta.concrete_fields, *model._meta.many_to_many)}


def sent_faults(classified: Classified, there: Mapping[str, set[str]], views: set[str]) -> list[str]:
    """Forms may make fields as they go and views read names from a list, so more may be named than is found here; and
    what a helper of a view reads stands at the view."""
    found = []
    for name, fields in sorted(there.items()):
        app, _, own = name.partition(".")
        at = [each for each in classified if each.startswith(f"{app}.")] if own.startswith("_") else [name]
        listed = {field for each in at for named in classified.get(each, {}).values() for field in named}
        found += [f"no category: {name}.{field}" for field in sorted(fields - listed)]
    return [*found, *(f"unknown: {name}" for name in sorted(classified) if name not in {*there, *views})]


def sent_fields() -> dict[str, set[str]]:
    return {**form_fields(), **{name: fields for name, fields in read_by_views() if fields}}


def form_fields() -> dict[str, set[str]]:
    """Forms of ours, wherever they are."""
    for path in SOURCE.rglob("*.py"):
        if "forms" in path.read_text("utf-8"):
            importlib.import_module(".".join(("narvaro", *path.relative_to(SOURCE).with_suffix("").parts)))
    found, waiting = {}, [BaseForm]
    while waiting:
        waiting += (form := waiting.pop()).__subclasses__()
        if form.__module__.startswith(("narvaro.core.", "narvaro.contexts.")):
            names = {*getattr(form, "base_fields", {}), *getattr(form, "declared_fields", {})}
            found[f"{app_of(form.__module__)}.{form.__name__}"] = names
    return found


def app_of(module: str) -> str:
    parts = module.split(".")
    return parts[2] if parts[1] == "contexts" else parts[1]


def read_by_views() -> Iterator[tuple[str, set[str]]]:
    for path in SOURCE.rglob("views*.py"):
        module = ".".join(("narvaro", *path.relative_to(SOURCE).with_suffix("").parts))
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef):
                yield f"{app_of(module)}.{node.name}", read_in(node)


def read_in(function: ast.FunctionDef) -> set[str]:
    """The names in request.POST["name"], request.POST.get("name"), and the same with FILES and getlist."""
    found: set[ast.AST] = set()
    for node in ast.walk(function):
        text = ast.unparse(node) if isinstance(node, ast.Call | ast.Subscript) else ""
        for source in ("request.POST", "request.FILES"):
            if isinstance(node, ast.Subscript) and ast.unparse(node.value) == source:
                found.add(node.slice)
            elif isinstance(node, ast.Call) and text.startswith((f"{source}.get(", f"{source}.getlist(")):
                found.add(node.args[0])
    return {str(each.value) for each in found if isinstance(each, ast.Constant)}


def test_every_address_has_its_rule_and_every_rule_its_address():
    assert route_faults(access(), (route.name for route in routes())) == []


def test_every_action_is_used_and_says_what_it_shows():
    assert action_faults(access()) == []


def test_every_field_kept_has_a_category():
    there = model_fields()
    assert "given_name" in there["register.Pupil"]
    assert field_faults(access().fields, there) == []


def test_every_field_sent_has_a_category():
    there = sent_fields()
    assert there["core.switch_role"] == {"assignment"}
    assert sent_faults(access().forms, there, {name for name, _fields in read_by_views()}) == []


@pytest.fixture
def law() -> dict[str, object]:
    """The file as it is, to be made wrong."""
    read: dict[str, object] = yaml.safe_load(FILE.read_text("utf-8"))
    return read


def test_a_route_without_rule_and_a_rule_without_route_are_found(law):
    rules = Access.model_validate({**law, "own_account": ["today", "nowhere"], "public": []})
    assert route_faults(rules, ["today", "health", ""]) == [
        "no rule: an address without a name",
        "no rule: health",
        *sorted(f"unknown: {name}" for name in {"nowhere", *rules.routes} - {"today"}),
        "ruled twice: today",
    ]


def test_an_unused_action_and_a_silent_one_are_found(law):
    word = {"sv": "läsa", "en": "read"}
    lone = {"lone.read": {"words": word, "allow": {}, "shows": ["secret"]}, "mute.read": {"words": word, "allow": {}}}
    rules = Access.model_validate({**law, "routes": {"x": {"GET": "mute.read"}}, "actions": lone})
    assert action_faults(rules) == [
        "no route uses lone.read",
        "mute.read does not say what it shows",
        "lone.read shows secret",
    ]


@pytest.mark.parametrize(
    ("part", "wrong"),
    [
        ("routes", {"today": {"GET": "nothing.read"}}),
        ("routes", {"today": {"PUT": "today.read"}}),
        ("actions", {"today.read": {"words": {"sv": "x", "en": "x"}, "allow": {"king": ["self"]}}}),
        ("actions", {"today.read": {"words": {"sv": "x", "en": "x"}, "allow": {"mentor": ["friend"]}}}),
        ("actions", {"today.read": {"words": {"sv": "x", "en": "x"}, "allow": {}, "shows": ["gossip"]}}),
        ("actions", {"today.read": {"words": {"sv": "x", "en": "x"}, "allow": {}, "allows": {}}}),
        ("actions", {"today.read": {"words": {"sv": "x", "en": "x"}, "allow": {}, "includes": ["gossip"]}}),
        ("fields", {"core.User": {"gossip": ["name"]}}),
        ("forms", {"core.User": {"gossip": ["name"]}}),
    ],
)
def test_a_word_that_the_file_does_not_know_stops_the_program(law, part, wrong):
    Access.model_validate(law)
    with pytest.raises(ValidationError, match=r"unknown|Extra inputs"):
        Access.model_validate({**law, part: wrong, **({} if part == "routes" else {"routes": {}})})


def test_each_fault_of_a_field_is_found():
    kept = {"a.A": {"key": ("id", "id"), "person": ("gone",)}, "a.Gone": {"key": ("id",)}}
    assert field_faults(kept, {"a.A": {"id", "new"}, "a.B": {"id"}}) == [
        "no category: a.A.new",
        "unknown: a.A.gone",
        "two categories: a.A.id",
        "no category: a.B.id",
        "unknown: a.Gone.id",
    ]


def test_each_fault_of_what_is_sent_is_found():
    classified = {"a.Form": {"key": ("id", "made_later")}, "a.view": {"key": ("x",)}, "a.gone": {"key": ("id",)}}
    there = {"a.Form": {"id", "new"}, "a._helper": {"x", "y"}}
    assert sent_faults(classified, there, {"a.view"}) == [
        "no category: a.Form.new",
        "no category: a._helper.y",
        "unknown: a.gone",
    ]


def test_what_a_view_reads_by_itself_is_seen():
    text = "def v(request):\n request.POST['a']; request.POST.getlist('b'); request.FILES.get('c'); f(request.POST)"
    assert read_in(ast.parse(text).body[0]) == {"a", "b", "c"}

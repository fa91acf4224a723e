"""What import-linter cannot see by itself: that its contracts cover everything. And sizes and habits of the code."""

import ast
import configparser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src/narvaro"
FUNCTION_LINES, FILE_LINES, TEST_FILE_LINES = 50, 500, 600
# What only the edges may ask; a rule gets the day as an argument.
CLOCKS = {"now", "today", "utcnow", "localtime"}

Contracts = dict[str, dict[str, list[str]]]


def contracts_in(path: Path) -> Contracts:
    ini = configparser.ConfigParser()
    ini.read(path)
    return {name: {key: value.split() for key, value in ini[name].items()} for name in ini.sections()}


def packages_in(folder: Path) -> list[str]:
    return sorted(path.parent.name for path in folder.glob("*/__init__.py"))


def packages_without_layer(contracts: Contracts, source: Path) -> list[str]:
    layers = contracts["importlinter:contract:layers"]["layers"]
    return [name for name in packages_in(source) if name not in layers]


def contexts_without_protection(contracts: Contracts, source: Path) -> list[str]:
    """One contract a context: a single one with wildcards is kept even when context A imports B's models."""
    return [
        context
        for context in packages_in(source / "contexts")
        if contracts.get(f"importlinter:contract:{context}-internals", {}).get("allowed_importers")
        != [f"narvaro.contexts.{context}"]
    ]


# The door of a context, and what Django and the worker find by name.
OPEN = {"__init__", "api", "apps", "tasks", "urls"}


def open_modules(contracts: Contracts, source: Path) -> list[str]:
    """Modules of contexts that a contract forgot to protect."""
    return [
        f"{path.parent.name}.{path.stem}"
        for path in sorted((source / "contexts").glob("*/*.py"))
        if path.stem not in OPEN
        and f"narvaro.contexts.{path.parent.name}.{path.stem}"
        not in contracts.get(f"importlinter:contract:{path.parent.name}-internals", {}).get("protected_modules", ())
    ]


def test_every_package_has_its_layer():
    assert packages_without_layer(contracts_in(ROOT / ".importlinter"), SOURCE) == []


def test_every_context_is_protected():
    assert contexts_without_protection(contracts_in(ROOT / ".importlinter"), SOURCE) == []
    assert open_modules(contracts_in(ROOT / ".importlinter"), SOURCE) == []


@pytest.fixture
def small_project(tmp_path):
    for name in ("facts", "stray", "contexts", "contexts/cases", "contexts/consent"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
    (tmp_path / ".importlinter").write_text(
        """
[importlinter:contract:layers]
layers =
    contexts
    facts | core

[importlinter:contract:cases-internals]
protected_modules =
    narvaro.contexts.cases.models
allowed_importers = narvaro.contexts.cases

[importlinter:contract:consent-internals]
allowed_importers =
    narvaro.contexts.consent
    narvaro.contexts.cases
"""
    )
    return tmp_path


def test_a_package_without_layer_is_found(small_project):
    assert packages_without_layer(contracts_in(small_project / ".importlinter"), small_project) == ["stray"]


def test_an_unprotected_context_is_found(small_project):
    assert contexts_without_protection(contracts_in(small_project / ".importlinter"), small_project) == ["consent"]


def test_an_open_module_is_found(small_project):
    for name in ("models", "queries", "api"):
        (small_project / f"contexts/cases/{name}.py").touch()
    assert open_modules(contracts_in(small_project / ".importlinter"), small_project) == ["cases.queries"]


def long_functions(path: Path) -> list[str]:
    return [
        f"{path}:{node.lineno} {node.name}"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno - node.lineno + 1 > FUNCTION_LINES
    ]


def is_long(path: Path, limit: int) -> bool:
    return len(path.read_text("utf-8").splitlines()) > limit


def clocks_asked(path: Path) -> list[str]:
    return [
        f"{path}:{node.lineno}"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS
    ]


def python_files(*folders: str) -> list[Path]:
    found = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    return [*sorted(found), ROOT / "bin/messages"]


def test_functions_are_short():
    assert [name for path in python_files("src", "tests", "bench") for name in long_functions(path)] == []


def test_files_are_short():
    assert [str(path) for path in python_files("src", "bench") if is_long(path, FILE_LINES)] == []
    assert [str(path) for path in python_files("tests") if is_long(path, TEST_FILE_LINES)] == []


def test_rules_ask_no_clock():
    assert [place for path in sorted((SOURCE / "domain").rglob("*.py")) for place in clocks_asked(path)] == []


def test_the_measures_can_say_no(tmp_path):
    path = tmp_path / "long.py"
    path.write_text("def fine():\n" + "    pass\n" * 49 + "async def long():\n" + "    pass\n" * 50)
    assert [name.split()[-1] for name in long_functions(path)] == ["long"]
    assert is_long(path, 100)
    assert not is_long(path, 101)
    path.write_text("import datetime\nday = datetime.date.today()\n")
    assert clocks_asked(path) == [f"{path}:2"]

"""Every line of every specification table, against the reference and against the engine."""

from collections.abc import Callable
from functools import cache

import pytest

from narvaro.facts.store import Store
from tests.reference.lessons import Lesson
from tests.reference.numbers import Numbers, Question, reference_numbers
from tests.reference.periods import PeriodNumbers, kept_of, period_numbers

from . import render
from .checks import agrees, answer, question
from .engine import asked, engine_period_numbers, imported, numbers_of
from .tables import Case, Check, cases

CASES = cases()
LINES = [
    pytest.param(case, check, id=f"{case.name}: {check.pupil or ''} {check.what}")
    for case in CASES
    for check in case.block.checks
]


@cache
def from_reference(case: Case, question: Question) -> Numbers | PeriodNumbers:
    if case.periods:
        return period_numbers(kept_of([case.periods]), question.rules)
    return reference_numbers(case.lessons, question)


@pytest.fixture(scope="module")
def from_engine(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Case, Question], Numbers | PeriodNumbers]:
    @cache
    def stored(lessons: tuple[Lesson, ...]) -> Store:
        return imported(tmp_path_factory.mktemp("spec"), lessons)

    @cache
    def numbers(case: Case, question: Question) -> Numbers | PeriodNumbers:
        if case.periods:
            return engine_period_numbers([case.periods], question.rules)
        with asked(stored(case.lessons), question) as snapshot:
            return numbers_of(snapshot, question)

    return numbers


@pytest.mark.parametrize(("case", "check"), LINES)
def test_reference(case: Case, check: Check) -> None:
    actual = answer(case, check, from_reference(case, question(case, check)))
    assert agrees(actual, check.expected), f"{check.what}: {actual}, not {check.expected}"


@pytest.mark.parametrize(("case", "check"), LINES)
def test_engine(case: Case, check: Check, from_engine: Callable[[Case, Question], Numbers | PeriodNumbers]) -> None:
    actual = answer(case, check, from_engine(case, question(case, check)))
    assert agrees(actual, check.expected), f"{check.what}: {actual}, not {check.expected}"


def test_document_is_in_step() -> None:
    assert render.main(["--check"]) == 0


def test_a_wrong_number_is_noticed() -> None:
    case = next(case for case in CASES if case.block.checks)
    check = case.block.checks[0]
    actual = answer(case, check, from_reference(case, question(case, check)))
    assert agrees(actual, check.expected)
    assert not agrees(actual, "not calculable")
    assert not agrees(actual, "1234567")

"""No audit, no data: when its row cannot be written, nothing is shown and nothing is kept."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.apps import apps
from django.db import connection

from narvaro.core.guarded import Guarded
from tests.permissions.asking import METHODS, Answer, Asker, Case, as_if_nothing_happened, subjects
from tests.permissions.oracle import law
from tests.permissions.test_matrix import RULED

BROKEN = {
    "sqlite": "create trigger full before insert on core_auditentry begin select raise(abort, 'no room'); end",
    "postgresql": "create trigger no_room before insert on core_auditentry "
    "for each row execute function core_auditentry_refuse()",
}
# Where no row in the world is anybody's: a handover that nobody has asked for (tests/web/test_cases_pages.py has one).
NOBODYS = {"case_receive"}
ASKED = [(name, method) for name in RULED for method in METHODS if method in law()["routes"][name]]


@contextmanager
def audit_that_cannot_be_written() -> Iterator[None]:
    with as_if_nothing_happened():
        with connection.cursor() as cursor:
            cursor.execute(BROKEN[connection.vendor])
        yield


def everything() -> dict[str, list[object]]:
    """The content of every guarded table."""
    with connection.cursor() as cursor:
        found = {}
        for model in apps.get_models():
            if issubclass(model, Guarded):
                cursor.execute(f"select * from {model._meta.db_table} order by id")
                found[model._meta.db_table] = cursor.fetchall()
    return found


def first(asker: Asker, name: str, method: str, status: int) -> Case:
    """Somebody who would get that answer."""
    cases = (
        Case(RULED[name], method, person, subject)
        for person in asker.world.people.values()
        for subject in subjects(asker.world, RULED[name])
    )
    return next(case for case in cases if asker.expected(case).status == status and asker.expected(case).action)


def shown(asker: Asker, case: Case, answer: Answer) -> set[str]:
    seen = asker.world.canaries.seen_in(answer.text)
    return {kept.place for kept in seen if case.person and kept.place != f"core.User.name {case.person.key}"}


@pytest.mark.parametrize(("name", "method"), ASKED)
def test_what_is_allowed_is_not_given(asker: Asker, name: str, method: str) -> None:
    if name in NOBODYS:
        pytest.skip("nothing to ask about")
    case = first(asker, name, method, 200)
    if not asker.expected(case).personal:
        pytest.skip("not about a person")
    assert asker.ask(case).status != 503
    with audit_that_cannot_be_written():
        before = everything()
        answer = asker.ask(case)
        assert (answer.status, shown(asker, case, answer)) == (503, set())
        assert everything() == before


@pytest.mark.parametrize(("name", "method"), ASKED)
def test_what_is_refused_is_not_refused_unseen(asker: Asker, name: str, method: str) -> None:
    case = first(asker, name, method, 403)
    assert asker.ask(case).status == 403
    with audit_that_cannot_be_written():
        answer = asker.ask(case)
        assert (answer.status, shown(asker, case, answer)) == (503, set())


def test_a_decision_that_cannot_be_audited_is_not_kept(asker: Asker) -> None:
    case = first(asker, "warning_decide", "POST", 200)
    assert "warnings_decision" in asker.ask(case).saved
    with audit_that_cannot_be_written():
        assert asker.ask(case).status == 503

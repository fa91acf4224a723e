"""Lists of pupils and of school units come in the same way: tried, shown as counts, read in by the worker."""

from typing import Any

from narvaro.contexts.register.models import Pupil, Unit
from narvaro.core.scope import acting
from tests.web.conftest import As
from tests.web.test_intake import PAGE, again, number_stored, previewed, sent
from tests.web.world import World

__all__ = ["sent"]  # a fixture

PUPILS = "elev_id;skolenhetskod;fornamn;efternamn;skolform;arskurs;klass;fran\n"
ROWS = [
    f"e-{name};{unit};{name.title()};Påhittad;GR;{group[0]};{group};2025-08-19\n"
    for name, unit, group in [
        ("alva", "1001", "7B"),
        ("bilal", "1001", "7B"),
        ("ida", "1001", "7B"),
        ("casper", "1002", "5A"),
        ("lo", "1002", "7B"),
        ("nyn", "1001", "7C"),
    ]
]


def names(world: World) -> set[str]:
    with acting(world.actor("system_administrator")):
        return set(Pupil.objects.values_list("given_name", flat=True))


def test_a_list_of_pupils_is_tried_without_a_trace_and_then_read_in(world: World, signed_in: As, sent: Any) -> None:
    before = names(world)
    run = sent(PUPILS + "".join(ROWS) + "e-x;9999;X;Y;GR;7;7B;2025-08-19\n", name="elever.csv")
    assert (run.kind, run.state, *previewed(run)) == ("pupils", "ready", 7, 6, 1, 0)
    assert run.preview["list_counts"]["new"] == 1
    assert names(world) == before
    client = signed_in("system_administrator")
    page = client.get(f"{PAGE}/{run.key}").content.decode()
    assert not any(name in page for name in ("Påhittad", "Nyn", "Alva"))
    assert ">8<" in client.get(f"{PAGE}/{run.key}/rejected").content.decode()
    assert client.post(f"{PAGE}/{run.key}/read").status_code == 302
    assert names(world) == {*before, "Nyn"}
    assert again(world, run).state == "done"
    assert number_stored(world) == 0
    assert client.post(f"{PAGE}/{run.key}/undo").status_code == 409
    assert client.get(f"{PAGE}/{run.key}").status_code == 200


def test_a_list_of_units_is_read_in(world: World, signed_in: As, sent: Any) -> None:
    run = sent("skolenhetskod;namn;skolform\n1001;Strandskolan;GR\n1003;Nya skolan;GR\n", name="enheter.csv")
    assert (run.kind, run.preview["list_counts"]["new"]) == ("units", 1)
    assert not Unit.objects.filter(code="1003").exists()
    signed_in("system_administrator").post(f"{PAGE}/{run.key}/read")
    assert Unit.objects.get(code="1003").name == "Nya skolan"


def test_a_list_without_rows_ends_nobody(world: World, sent: Any) -> None:
    before = names(world)
    assert sent(PUPILS, name="elever.csv").state == "refused"
    assert names(world) == before


def test_somebody_with_one_school_does_not_load_the_register(world: World, sent: Any) -> None:
    run = sent(PUPILS + "".join(ROWS), name="elever.csv", role="principal")
    assert run.state == "refused"
    assert "Nyn" not in names(world)

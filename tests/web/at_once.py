"""What a process of test_databases.py does beside others that do the same: the name of it and how many times."""

import sys
import threading
import time

from django.db import connection, models, transaction

from narvaro.core import audit
from narvaro.core.actor import Actor
from narvaro.core.errors import Conflict
from narvaro.core.locking import save_if_unchanged
from narvaro.core.scope import acting


class Counter(models.Model):
    """Something two people edit. Only here, and only in the database of the test."""

    number = models.IntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        app_label = "core"


def make(_times: int) -> str:
    with connection.schema_editor() as editor:
        editor.create_model(Counter)
    Counter.objects.create()
    return ""


def edits(times: int) -> str:
    """Adds one so many times, anew when somebody was first; how often that was, and what the number is at the end."""
    conflicts = 0
    for _each in range(times):
        while not _added():
            conflicts += 1
    counter = Counter.objects.get()
    return f"{conflicts} {counter.number} {counter.version}"


def _added() -> bool:
    counter = Counter.objects.get()
    try:
        with transaction.atomic():
            save_if_unchanged(counter, counter.version, {"number": counter.number + 1})
    except Conflict:
        return False
    return True


def appends(times: int) -> str:
    """So many audit rows, each in its transaction; seconds of each, in thousandths."""
    took = []
    for each in range(times):
        started = time.perf_counter()
        with acting(Actor.system(1)):
            touched = audit.Touched()
            touched.saw("register.Pupil", [each])
            audit.append(by=Actor.system(1), action="attendance.read", touched=touched, request_id="")
        took.append((time.perf_counter() - started) * 1000)
    return " ".join(f"{each:.3f}" for each in took)


def pragmas(_times: int) -> str:
    names = ("journal_mode", "synchronous", "foreign_keys")
    with connection.cursor() as cursor:
        return " ".join(str(cursor.execute(f"pragma {name}").fetchone()[0]) for name in names)


def begins(_times: int) -> str:
    """Whether a transaction that only reads keeps another from writing."""
    other = connection.copy()
    other.settings_dict["OPTIONS"] = {**other.settings_dict["OPTIONS"], "timeout": 0}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select 1")
        try:
            other.cursor().execute("update core_audithead set seq = 1")
        except Exception as error:
            return type(error).__name__
        finally:
            other.close()
    return "written"


def waits(times: int) -> str:
    """How many transactions of another, who hardly pauses between two, one waits through in so many waits."""
    enough, passed = threading.Event(), list[int]()
    other = threading.Thread(target=_hardly_pausing, args=(enough, passed))
    other.start()
    waited = []
    for _each in range(times):
        before = len(passed)
        with transaction.atomic():
            waited.append(len(passed) - before)
        enough.wait(0.01)
    enough.set()
    other.join()
    return str(sum(waited))


def _hardly_pausing(enough: threading.Event, passed: list[int]) -> None:
    while not enough.is_set():
        with transaction.atomic():
            enough.wait(0.02)
        passed.append(1)
        enough.wait(0.003)
    connection.close()


def main() -> None:
    print(globals()[sys.argv[1]](int(sys.argv[2])))

"""300 000 rows with formulas in them go out in little memory, and on a disk that fills at the end not at all (40)."""

import csv
import subprocess
import sys
from pathlib import Path

from tests.lesson_files import import_files, row, write

ROWS, AT_A_SCHOOL = 300_000, 450
MOST_MEMORY = 256 << 20
NEARLY_ALL = 29_000_000  # bytes; the whole file has some 29.6 million
REPOSITORY = Path(__file__).parents[2]


def pupil(number: int) -> str:
    return f'=HYPERLINK("x";{number})'


def school(number: int) -> int:
    return 10_000_001 + number // AT_A_SCHOOL


def lessons(folder: Path) -> Path:
    head, line = write(folder, row(elev_id="PUPIL", skolenhetskod="SCHOOL"), name="one.csv").read_text().split("\n")[:2]
    before, between, after = line.replace("SCHOOL", "PUPIL").split("PUPIL")
    path = folder / "lessons.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write(f"{head}\n")
        file.writelines(f"{before}{quoted(n)}{between}{school(n)}{after}\n" for n in range(ROWS))
    return path


def pupils(folder: Path) -> Path:
    path = folder / "pupils.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("elev_id;skolenhetskod;skolform;arskurs;skyddad;fran;till\n")
        file.writelines(f"{quoted(n)};{school(n)};GR;7;nej;2025-08-18;\n" for n in range(ROWS))
    return path


def quoted(number: int) -> str:
    return '"' + pupil(number).replace('"', '""') + '"'


# A process tells the most memory that it held itself: what its parent is told holds what the parent held, too.
CODE = """
import atexit, resource, signal, sys
from narvaro.cli.main import app
limit = int(sys.argv.pop())
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
atexit.register(lambda: print(open("/proc/self/status").read().split("VmHWM:")[1].split()[0]))
app()
"""


def export(folder: Path, out: str, limit: int) -> "subprocess.Popen[str]":
    """``limit``: bytes of the largest file that fits on the disk."""
    given = ("--store", folder / "store", "--pupils", folder / "pupils.csv", "--out", folder / out, limit)
    command = [sys.executable, "-c", CODE, "export-national", *map(str, given)]
    return subprocess.Popen(command, cwd=REPOSITORY, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_a_large_export_is_streamed_neutralised_and_whole_or_nothing(tmp_path: Path) -> None:
    import_files(tmp_path / "store", lessons(tmp_path))
    pupils(tmp_path)
    running, failing = export(tmp_path, "out", 2 * NEARLY_ALL), export(tmp_path, "full", NEARLY_ALL)
    said, errors = running.communicate()[0], failing.communicate()[1]
    assert (running.returncode, failing.returncode) == (0, 3)
    assert str(tmp_path / "full") in errors.replace("\n", "")
    assert int(said.split()[-1]) * 1024 < MOST_MEMORY
    assert list((tmp_path / "full").iterdir()) == []
    (made,) = (tmp_path / "out").iterdir()
    assert made.stat().st_size > NEARLY_ALL
    with made.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file, delimiter=";")
        told = {each["elev_id"] for each in rows}
    assert told == {f"'{pupil(number)}" for number in range(ROWS)}

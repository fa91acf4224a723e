"""What must hold for every file of the repository, and for the surroundings of the tests."""

import re
import shutil
import socket
import subprocess
from pathlib import Path
from typing import get_args

import pytest
from pytest_socket import SocketConnectBlockedError

from narvaro.demo.cast import Role
from narvaro.domain.rules import MEASURES
from narvaro.facts.schema import FACTS
from narvaro.plans.schema import Form

ROOT = Path(__file__).resolve().parents[2]
# Written so that no pattern finds itself.
FORBIDDEN = {
    "path of one machine": re.compile(r"(?<![\w.])/(?:(?:work|root|farm|home|Users)/|tmp/[a-z]+/)"),
    "host of a package registry": re.compile(
        r"(?:pypi[.]org|pythonhosted[.]org|npmjs[.](?:org|com)|deb[.]debian[.]org)"
    ),
    "unfinished mark": re.compile(r"\b(?:TO[D]O|FIX[M]E|X[X]X)\b"),
    "merge conflict": re.compile(r"^(?:<{7}|>{7}) ", re.MULTILINE),
}


def faults_in(text: str) -> list[str]:
    return [f"{name}: {match.group()}" for name, pattern in FORBIDDEN.items() for match in pattern.finditer(text)]


@pytest.fixture(scope="module")
def files() -> list[Path]:
    """Tracked files, and those that would be."""
    if not shutil.which("git") or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout.decode().split("\0")
    return [path for name in names if name and (path := ROOT / name).is_file()]


@pytest.fixture(scope="module")
def texts(files) -> dict[str, str]:
    contents = {str(path.relative_to(ROOT)): path.read_bytes() for path in files}
    return {name: content.decode("utf-8") for name, content in contents.items() if b"\0" not in content}


def test_nothing_of_one_machine_and_nothing_unfinished(texts):
    assert "README.md" in texts
    assert {name: found for name, text in texts.items() if (found := faults_in(text))} == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("open('/wo" + "rk/main/a.csv')", "path of one machine"),
        ("cd /ho" + "me/anna/narvaro", "path of one machine"),
        ("out = /t" + "mp/report/", "path of one machine"),
        ("--index-url https://pypi" + ".org/simple", "host of a package registry"),
        ("https://files.python" + "hosted.org/x", "host of a package registry"),
        ("# TO" + "DO: later", "unfinished mark"),
        ("a\n<<<<<" + "<< HEAD\nb", "merge conflict"),
    ],
)
def test_each_fault_is_found(text, expected):
    assert [fault.split(":")[0] for fault in faults_in(text)] == [expected]


@pytest.mark.parametrize("text", ["/usr/bin/chromium", "docs/home/page.md", "a network/work/plan", "20260101XXXX"])
def test_ordinary_text_is_no_fault(text):
    assert faults_in(text) == []


def unpinned(wanted: str, pinned: str) -> list[str]:
    """Names in an .in file that its .txt does not pin with a hash."""
    have = set(re.findall(r"^([\w.-]+)==\S+ (?:;[^\n]*)?\\\n    --hash=sha256:", pinned, re.MULTILINE))
    return [name for name in package_names(wanted) if name.lower().replace("_", "-") not in have]


def package_names(wanted: str) -> list[str]:
    return re.findall(r"^([A-Za-z][\w.-]*)", wanted, re.MULTILINE)


@pytest.mark.parametrize("name", ["base", "dev", "bench", "build", "spark", "pdf"])
def test_every_package_has_a_reason(name):
    reasons = (ROOT / "docs/adr/0008-few-pinned-dependencies.md").read_text("utf-8")
    wanted = package_names((ROOT / f"requirements/{name}.in").read_text())
    assert wanted
    assert [package for package in wanted if not re.search(rf"^\|.*\b{package}\b", reasons, re.MULTILINE)] == []


@pytest.mark.parametrize("name", ["base", "dev", "bench", "spark", "pdf"])
def test_every_wanted_package_is_pinned(name):
    folder = ROOT / "requirements"
    assert unpinned((folder / f"{name}.in").read_text(), (folder / f"{name}.txt").read_text()) == []


def test_an_unpinned_package_is_found():
    assert unpinned("duckdb>=2\nPyYAML\n", "duckdb==2.0.0 \\\n    --hash=sha256:00\npyyaml==6\n") == ["PyYAML"]


def test_every_decision_referred_to_is_written(texts):
    referred = {number for text in texts.values() for number in re.findall(r"\bADR (\d{4})\b", text)}
    assert "0003" in referred
    assert referred - {name.split("/")[-1][:4] for name in texts if name.startswith("docs/adr/")} == set()


def test_the_glossary_has_every_name_that_people_meet():
    known = set(re.findall(r"`([^`]+)`", (ROOT / "GLOSSARY.md").read_text("utf-8")))
    names = {*MEASURES, *FACTS, *get_args(Form), *(role.value for role in Role)}
    assert names - known - {"pupil_no"} == set()  # pupil_no only numbers the ids within one store


def test_the_glossary_has_no_name_that_nobody_uses(texts):
    rows = re.findall(r"^\|[^|]*\|([^|]*)\|", (ROOT / "GLOSSARY.md").read_text("utf-8"), re.MULTILINE)
    names = {name for cell in rows for name in re.findall(r"`([a-z_]+)`", cell)}
    assert "coverage" in names
    code = "\n".join(text for name, text in texts.items() if name.startswith(("src/", "definitions/")))
    assert names - set(re.findall(r"[a-z_]+", code)) == set()


def test_links_between_documents_lead_somewhere(texts):
    links = [
        (name, link)
        for name, text in texts.items()
        if name.endswith(".md")
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text)
    ]
    assert links
    assert [(name, link) for name, link in links if not (ROOT / name).parent.joinpath(link).exists()] == []


def test_the_network_is_out_of_reach():
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
    with pytest.warns(UserWarning, match="tried to use"), pytest.raises(SocketConnectBlockedError):
        socket.create_connection(("192.0.2.1", 80), timeout=1)

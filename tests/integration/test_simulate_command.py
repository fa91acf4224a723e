"""``narvaro simulate`` as a process."""

import re
import signal
import socket
import subprocess
import sys
import urllib.request

import pytest

from narvaro.simulator.faults import FAULTS

COMMAND = [sys.executable, "-m", "narvaro.cli", "simulate", "--lang", "en"]


def test_it_says_where_it_is_and_stops_when_asked(free_port):
    options = ["--pupils", "12", "--weeks", "0", "--from", "2025-11-05", "--fault", "token_missing", "--port"]
    with subprocess.Popen([*COMMAND, *options, str(free_port)], stdout=subprocess.PIPE, text=True) as process:
        told = [process.stdout.readline() for _ in range(9)]
        address = re.search(r"http://\S+", told[0]).group()
        token = re.search(r"Bearer token: (\S+)", "".join(told)).group(1)
        asked = urllib.request.Request(f"{address}/rooms", headers={"Authorization": f"Bearer {token}"})
        with urllib.request.urlopen(asked, timeout=20) as answer:
            assert answer.read() == b'{"data":[]}'
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
    assert "Its clock stands on 2025-11-05.\n" in told
    assert "Faults: token_missing\n" in told
    assert told[-1] == f"  narvaro sync --base-url {address} --token {token} --store store\n"
    assert len(token) > 30


def test_the_menu_is_listed_and_a_fault_outside_it_refused():
    listed = subprocess.run([*COMMAND, "--faults"], capture_output=True, text=True, timeout=60, check=True)
    assert re.findall(r"^ (\w+) ", listed.stdout, re.MULTILINE) == list(FAULTS)
    refused = subprocess.run([*COMMAND, "--fault", "kindness"], capture_output=True, text=True, timeout=60, check=False)
    assert (refused.returncode, refused.stderr) == (2, "There is no fault kindness. See narvaro simulate --faults.\n")


@pytest.fixture
def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]

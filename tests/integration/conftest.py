"""Servers that speak Spark Connect: Sail always, Spark itself where it is at hand."""

import os
import shutil
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

STARTED = "Spark Connect server started at: "


@pytest.fixture(scope="session")
def sail() -> Iterator[str]:
    """The address of a Sail server."""
    os.environ["RUST_LOG"] = "off"
    _let_pyspark_in()
    from pysail.spark import SparkConnectServer

    server = SparkConnectServer("127.0.0.1", 0)
    server.start(background=True)
    yield f"sc://127.0.0.1:{server.listening_address[1]}"
    server.stop()


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Spark server on this machine."""
    home = _spark_home()
    if home is None or not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        pytest.skip("no Spark: install Java and set SPARK_HOME to an unpacked Spark, or pip install pyspark")
    _let_pyspark_in()
    with subprocess.Popen(
        [home / "bin/spark-submit", *_OPTIONS, "spark-internal"],
        env={**os.environ, "SPARK_HOME": str(home)},
        cwd=tmp_path_factory.mktemp("spark"),
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        address = _address(server)
        rest = Thread(target=deque, args=(server.stderr, 0))  # it would stop with the pipe full
        rest.start()
        yield f"sc://{address}"
        server.terminate()
        rest.join()


_OPTIONS = (
    *("--class", "org.apache.spark.sql.connect.service.SparkConnectServer", "--master", "local[2]"),
    *("--conf", "spark.connect.grpc.binding.address=127.0.0.1", "--conf", "spark.connect.grpc.binding.port=0"),
    *("--conf", "spark.ui.enabled=false", "--conf", "spark.sql.shuffle.partitions=2"),
)


def _spark_home() -> Path | None:
    """The package pyspark holds all of Spark, pyspark-client only its address."""
    import pyspark

    homes = (os.environ.get("SPARK_HOME"), Path(pyspark.__file__).parent)
    return next((Path(home) for home in homes if home and (Path(home) / "jars").is_dir()), None)


def _address(server: subprocess.Popen[str]) -> str:
    assert server.stderr is not None
    for line in server.stderr:
        if STARTED in line:
            return line.partition(STARTED)[2].strip()
    raise AssertionError("Spark ended before it listened")


def _let_pyspark_in() -> None:
    """A worker of pytest-xdist has a main module without a file, which pyspark takes for a run of its doctests."""
    vars(sys.modules["__main__"]).setdefault("__file__", __file__)

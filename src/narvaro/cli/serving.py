"""The application as processes: web, worker, and both together."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from typing import Annotated

import typer

from narvaro.cli.help_words import Command
from narvaro.cli.telling import Lang, LanguageName, say, telling
from narvaro.config import starting
from narvaro.language import N_, Message

Port = Annotated[int, typer.Option(min=1, max=65535, help=N_("Port of the web server."))]
Host = Annotated[str, typer.Option(help=N_("Address that the web server listens on."))]
Workers = Annotated[int, typer.Option(min=1, max=64, help=N_("How many requests are answered at a time."))]
LOCAL = "127.0.0.1"
STOP_SECONDS = 20


def add_to(app: typer.Typer) -> None:
    app.command(cls=Command, help=N_("Make or update the tables of the database."))(migrate)
    app.command(cls=Command, help=N_("Start the web server."))(serve)
    app.command(cls=Command, help=N_("Start the worker, which does long work: imports, counting, mail."))(worker)
    app.command(
        cls=Command, help=N_("Remind, pass on what is late and send the day's mail now; the worker does it daily.")
    )(remind)
    app.command("run", cls=Command, help=N_("Start web server and worker together; Ctrl-C stops both."))(run_both)


def migrate(lang: Lang = LanguageName.SV) -> None:
    with telling(lang):
        starting.start()
        starting.make_tables()


def serve(port: Port = 8000, host: Host = LOCAL, workers: Workers = 2, lang: Lang = LanguageName.SV) -> None:
    with telling(lang):
        starting.start()
        starting.make_tables()
        starting.collect_static()
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", *_gunicorn(port, host, workers)])  # noqa: S606


def _gunicorn(port: int, host: str, workers: int) -> list[str]:
    """Sync workers and no threads: one request at a time in each, as SQLite and the engine like it. The time-out is for
    a large file over a slow line."""
    options = {
        "--bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
        "--workers": str(workers),
        "--worker-class": "sync",
        "--timeout": "900",
        "--graceful-timeout": "10",
        "--logger-class": "narvaro.config.access_log.RouteLog",
        "--log-level": "warning",
    }
    return [*(part for option in options.items() for part in option), "narvaro.config.wsgi:application"]


def worker(lang: Lang = LanguageName.SV) -> None:
    with telling(lang):
        starting.start()
        from django.core.management import call_command

        from narvaro.contexts.cases.api import queued_meanwhile as reminded_meanwhile
        from narvaro.contexts.sources.api import queued_meanwhile as read_meanwhile
        from narvaro.core.checkpoints import made_meanwhile
        from narvaro.core.jobs import mark_interrupted

        mark_interrupted()
        with made_meanwhile(), reminded_meanwhile(), read_meanwhile():
            call_command("db_worker", interval=0.5, startup_delay=False)


def remind(lang: Lang = LanguageName.SV) -> None:
    with telling(lang):
        starting.start()
        from narvaro.contexts.cases.api import run_day
        from narvaro.contexts.register.api import organiser_ids

        done = [run_day(each) for each in organiser_ids()]
    text = N_("Reminders: {reminded}. Passed on: {escalated}. Mails: {sent}.")
    say(
        Message.of(
            text,
            reminded=sum(each.reminded for each in done),
            escalated=sum(each.escalated for each in done),
            sent=sum(each.sent for each in done),
        ),
        lang,
    )


def run_both(port: Port = 8000, host: Host = LOCAL, lang: Lang = LanguageName.SV) -> None:
    """When one of them ends, the other is stopped too."""
    with telling(lang):
        starting.start()
        starting.make_tables()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    narvaro = [sys.executable, "-m", "narvaro.cli"]
    web = [*narvaro, "serve", "--port", str(port), "--host", host, "--lang", lang]
    processes = [subprocess.Popen(each, start_new_session=True) for each in (web, [*narvaro, "worker"])]  # noqa: S603
    try:
        if _answers(host, port, processes):
            say(Message.of("Närvaro is at {address} (Ctrl-C stops it)", address=f"http://{host}:{port}/"), lang)
        os.wait()
    except _Stopped:
        pass
    finally:
        status = _end(processes)
    raise typer.Exit(status)


def _answers(host: str, port: int, processes: list[subprocess.Popen[bytes]]) -> bool:
    """True when the web server takes visitors; False when a process ended instead."""
    while all(each.poll() is None for each in processes):
        with suppress(OSError), socket.create_connection((host, port), timeout=1):
            return True
        time.sleep(0.1)
    return False


class _Stopped(Exception):
    pass


def _stop(*_: object) -> None:
    raise _Stopped


def _end(processes: list[subprocess.Popen[bytes]]) -> int:
    """0 when both end as they were asked to."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    ended = [each for each in processes if each.poll() is not None]
    for each in processes:
        if each not in ended:
            each.terminate()
    for each in processes:
        try:
            each.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            each.kill()
    return 1 if ended else 0

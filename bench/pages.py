"""Server time and queries of the two heaviest pages, without the network: ``python -m bench.pages <sign-in>``."""

import json
import re
import statistics
import sys
import time

from narvaro.config import starting

starting.start()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from narvaro.core.models import User  # noqa: E402

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
TIMES = 25


def main() -> None:
    starting.collect_static()
    client = Client(headers={"host": "localhost"})
    client.force_login(User.objects.get(email=sys.argv[1]), backend=BACKEND)
    listed = client.get("/to-act-on/").content.decode()
    pupil = re.findall(r'href="/to-act-on/([0-9a-f-]{36})/"', listed)[0]
    print(json.dumps([_page(client, "list page", "/to-act-on/"), _page(client, "pupil page", f"/pupils/{pupil}/")]))


def _page(client: Client, name: str, path: str) -> tuple[str, float, int]:
    took = []
    for _ in range(TIMES):
        started = time.perf_counter()
        client.get(path)
        took.append(time.perf_counter() - started)
    with CaptureQueriesContext(connection) as asked:
        status = client.get(path).status_code
    if status != 200:
        raise RuntimeError(f"{path} was answered with {status}")
    return name, statistics.median(took), len(asked)


main()

"""Where a source is, how one signs in there, and what is wanted of it."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

AuthKind = Literal["none", "bearer", "header", "client_form", "client_basic"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """``base_url`` is free text that ends where the paths of the standard begin. ``token`` is for ``bearer`` and
    ``header`` (whose name is ``header``); ``client_form`` and ``client_basic`` ask ``token_url`` for one (OAuth 2.0
    client credentials, RFC 6749 4.4). ``certificate`` and ``key`` are PEM files for mutual TLS, beside any kind.
    ``trusted_hosts``: hosts that may be private or without TLS, as whoever runs the program has said; a person who
    types an address cannot add to them."""

    base_url: str
    auth: AuthKind = "bearer"
    token: str = field(default="", repr=False)
    header: str = ""
    token_url: str = ""
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    scope: str = ""
    certificate: Path | None = None
    key: Path | None = None
    ca_bundle: Path | None = None
    trusted_hosts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """``units``: ids of the organisations that are read; empty means all school units. ``guardians``: whether their
    names and contact data are read. ``identity_numbers``: whether personal identity numbers are.
    ``only_deviations``: a lesson without a row means present where another pupil's is reported. ``always_marked``: the
    source marks every person, so a person without a marking is not protected; else such a person is told in a finding.
    ``weeks_again``: how many weeks back are read again each time, whatever has changed. ``first_day``: lessons are read
    from then on, and pupils who left before it are not; None means the school year's first."""

    units: frozenset[str] = frozenset()
    guardians: bool = True
    identity_numbers: bool = True
    only_deviations: bool = False
    always_marked: bool = True
    weeks_again: int = 1
    first_day: date | None = None

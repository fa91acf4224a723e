"""Imports that are plausible but unusual: they wait for a person's yes."""

from collections.abc import Collection
from pathlib import Path

from narvaro.domain.school_calendar import day_no
from narvaro.facts.engine import quoted
from narvaro.facts.errors import HeldForConfirmation
from narvaro.facts.gone import Gone
from narvaro.facts.manifest import Manifest
from narvaro.facts.staging import Staging
from narvaro.language import Message

FEWEST_SHARE = 0.6
DAYS_TO_COMPARE = 20
DAYS_BEFORE_COMPARING = 5
MOST_GONE_SHARE = 0.4
FEW_GONE = 50


def hold_unusually_small(staging: Staging, manifest: Manifest, root: Path, units: Collection[str]) -> None:
    """New days that hold far fewer rows than days usually do (bad input 17). ``units``: the sources are about these
    only, so that others' lessons are not missed, and today may have begun only; none means all."""
    paths = manifest.paths("pupil_day", root)
    if not paths or not staging.months():
        return
    stored = f"read_parquet([{', '.join(quoted(path) for path in paths)}], hive_partitioning=false)"
    theirs = f"school_unit_id in ({', '.join(quoted(unit) for unit in sorted(units))})" if units else "true"
    unfinished = day_no(staging.today) if units else -1
    usual, days, fresh = staging.connection.execute(
        f"""with day as (select day_no, sum(lessons) as lessons from {stored} where {theirs} group by day_no),
        latest as (select lessons from day order by day_no desc limit {DAYS_TO_COMPARE}),
        fresh as (select count(*) as lessons from {staging.rows()} where {theirs}
        and day_no not in (select day_no from day) and day_no <> {unfinished} group by day_no)
        select (select median(lessons) from latest), (select count(*) from latest), (select avg(lessons) from fresh)"""
    ).fetchone() or (None, 0, None)
    if fresh is not None and days >= DAYS_BEFORE_COMPARING and fresh < FEWEST_SHARE * usual:
        raise HeldForConfirmation(
            Message.of(
                "The new days hold {fresh} lessons a day where {usual} are usual. Nothing was stored. "
                "If the file is right, confirm it (--confirm-fewer).",
                fresh=round(fresh),
                usual=round(usual),
            )
        )


def hold_unusually_many_gone(found: Gone) -> None:
    """A source that has lost what it held looks like one from which lessons were taken away."""
    if found.rows > FEW_GONE and found.rows > MOST_GONE_SHARE * found.stored:
        raise HeldForConfirmation(
            Message.of(
                "{gone} of the {stored} lessons that are stored for these days are no longer in the source. "
                "Nothing was stored. If that is right, confirm it (--confirm-fewer).",
                gone=found.rows,
                stored=found.stored,
            )
        )

"""What other organisers have told Exempelkommun of children who live there (A14): one assessed, one late, one new."""

from datetime import date

from narvaro.contexts.duties.api import (
    Arrived,
    Assessed,
    assess_received,
    find_received,
    received_notices,
    write_received,
)
from narvaro.demo.case_stage import Stage
from narvaro.demo.units import INDEPENDENT_ORGANISER, LYKTAN

CAMILLA = ("Camilla Nordin", "organiser_officer")
LAST = date(2026, 6, 1)


def told_by_others(stage: Stage) -> None:
    with stage.act(LAST, *CAMILLA) as by:
        if received_notices(by):
            return
    _nova_is_investigated(stage)
    _somebody_protected_is_investigated(stage)
    _love_has_changed_school(stage)


def _nova_is_investigated(stage: Stage) -> None:
    with stage.act(date(2026, 4, 13), *CAMILLA) as by:
        arrived = Arrived(
            subject="investigation",
            about_day=date(2026, 4, 7),
            pupil_name="Nova Håkansson",
            reference="",
            school_name=LYKTAN.name,
            school_form="GR",
            grade="8",
            needs_coordination=True,
            sender=f"{INDEPENDENT_ORGANISER}, rektor",
            received_on=date(2026, 4, 13),
            way="e_service",
            handler_id=by.user_id,
        )
        key = write_received(by=by, arrived=arrived)
    with stage.act(date(2026, 4, 20), *CAMILLA) as by:
        notice = find_received(by, key)
        assessed = Assessed(
            version=notice.version,
            decision="coordinate",
            reason="Skolan, socialtjänsten och familjen har var sin plan. De behöver bli en.",
            contact="Skolsocialt team, samordnare",
        )
        assess_received(by=by, notice=notice, assessed=assessed)


def _somebody_protected_is_investigated(stage: Stage) -> None:
    """Known by the sender's number alone, and nobody has assessed it."""
    with stage.act(date(2026, 5, 20), *CAMILLA) as by:
        arrived = Arrived(
            subject="investigation",
            about_day=date(2026, 5, 18),
            pupil_name="",
            reference="LF 2026-17",
            school_name=LYKTAN.name,
            school_form="GR",
            grade="5",
            needs_coordination=False,
            sender=f"{INDEPENDENT_ORGANISER}, rektor",
            received_on=date(2026, 5, 20),
            way="by_hand",
            handler_id=by.user_id,
        )
        write_received(by=by, arrived=arrived)


def _love_has_changed_school(stage: Stage) -> None:
    with stage.act(LAST, *CAMILLA) as by:
        arrived = Arrived(
            subject="started",
            about_day=date(2026, 5, 25),
            pupil_name="Love Hjalmarsson",
            reference="",
            school_name="Sjöviks skola",
            school_form="GR",
            grade="6",
            needs_coordination=False,
            sender="Grannby kommun, utbildningsförvaltningen",
            received_on=LAST,
            way="secure_mail",
            handler_id=None,
        )
        write_received(by=by, arrived=arrived)

"""Measures and warnings as plain records, the same in files and on standard output.

A pupil with protected identity keeps the source's key, so that those with access can act, but no school, subject or
lesson id: each can place a child.
"""

from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache

from narvaro.domain.absence import Minutes
from narvaro.domain.warnings import EvidenceLesson, Warning
from narvaro.report.json_text import json_line, json_list
from narvaro.report.model import Analysis, PupilRow, SchoolRow, date_of
from narvaro.ui.decimals import number

Record = dict[str, object]


def measure_records(analysis: Analysis) -> Iterator[Record]:
    for row in sorted(analysis.pupils, key=lambda row: row.summary.pupil_id):
        yield measure_record(row)


def measure_record(row: PupilRow) -> Record:
    summary = row.summary
    minutes, band = summary.minutes, summary.minutes.band
    return {
        "pupil_id": summary.pupil_id,
        "school_unit_id": _unit(row),
        "offered_min": minutes.offered,
        "reported_min": minutes.reported,
        "coverage": _number(minutes.coverage),
        "valid_min": minutes.valid,
        "invalid_min": minutes.invalid,
        "total_rate": _number(minutes.total_rate),
        "valid_rate": _number(minutes.valid_rate),
        "invalid_rate": _number(minutes.invalid_rate),
        "total_rate_last_20": _number(summary.last_20.total_rate),
        "trend_points": _number(summary.trend_points, 4),
        "longest_spell": summary.longest_spell,
        "current_spell": summary.current_spell,
        "occasions": summary.occasions,
        "late_count": summary.late_count,
        "band": band.label if band else None,
    }


def warning_records(analysis: Analysis) -> Iterator[Record]:
    """By pupil, step, rule and window, so that two runs on the same data give the same file."""
    for row in sorted(analysis.pupils, key=lambda row: row.summary.pupil_id):
        for warning in sorted(row.warnings, key=_order):
            yield warning_record(row, warning, plan_version=analysis.plan.version)


def warning_record(row: PupilRow, warning: Warning, *, plan_version: str) -> Record:
    return {
        "pupil_id": warning.pupil_id,
        "school_unit_id": _unit(row),
        "rule": warning.rule_id,
        "plan": warning.plan,
        "plan_version": plan_version,
        "step": warning.step,
        "measure": warning.measure,
        "window": warning.window,
        "window_start": _iso(warning.window_start),
        "window_end": _iso(warning.window_end),
        "value": number(warning.value),
        "limit": number(warning.limit),
        "coverage": number(warning.coverage),
        "evidence": [_evidence(lesson, placed=not row.protected) for lesson in warning.evidence],
    }


def analysis_json(analysis: Analysis) -> str:
    """For ``--format json``: what the files hold, in one object."""
    head = {
        "first_day": analysis.first_day.isoformat(),
        "as_of": analysis.as_of.isoformat(),
        "plan": analysis.plan.name,
        "plan_version": analysis.plan.version,
        "grain": analysis.grain,
        "rules_not_tried": list(analysis.rules_not_tried),
        "case_rules": [rule.id for rule in analysis.plan.case_rules],
        "minutes": _minutes(analysis.minutes),
    }
    lists = {
        "schools": (_school(school) for school in sorted(analysis.schools, key=lambda s: s.school_unit_id)),
        "measures": measure_records(analysis),
        "warnings": warning_records(analysis),
    }
    parts = (f',\n"{name}": {"".join(json_list(records))}' for name, records in lists.items())
    return json_line(head).removesuffix("}") + "".join(parts) + "\n}"


def _evidence(lesson: EvidenceLesson, *, placed: bool) -> Record:
    return {
        "date": _iso(lesson.day_no),
        "start": None if lesson.start_min is None else _clock(lesson.start_min),
        "subject": lesson.subject if placed else None,
        "lesson_id": lesson.lesson_id if placed else None,
        "valid_min": lesson.valid_min,
        "invalid_min": lesson.invalid_min,
    }


@lru_cache(maxsize=2048)
def _iso(day_no: int) -> str:
    return date_of(day_no).isoformat()


@lru_cache(maxsize=1440)
def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _school(school: SchoolRow) -> Record:
    return {
        "school_unit_id": school.school_unit_id,
        "name": school.name,
        "pupils": school.pupils,
        "not_calculable": school.not_calculable,
        "flagged": school.flagged,
        "bands": list(school.bands),
        "minutes": _minutes(school.minutes),
    }


def _minutes(minutes: Minutes) -> Record:
    return {
        "offered_min": minutes.offered,
        "present_min": minutes.present,
        "valid_min": minutes.valid,
        "invalid_min": minutes.invalid,
        "unknown_min": minutes.unknown,
        "coverage": _number(minutes.coverage),
        "total_rate": _number(minutes.total_rate),
    }


def _number(value: Fraction | None, places: int = 6) -> int | float | None:
    return None if value is None else number(value, places)


def _unit(row: PupilRow) -> str | None:
    return None if row.protected else row.summary.school_unit_id


def _order(warning: Warning) -> tuple[int, str, int, str]:
    return warning.step, warning.rule_id, warning.window_start, warning.measure

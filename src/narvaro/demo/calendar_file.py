"""A school calendar as calendar.yaml, the form that people edit."""

from datetime import date
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from narvaro.domain.school_calendar import CalendarError, DateRange, SchoolCalendar


class _Range(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    first: date
    last: date


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    school_year: int
    autumn: _Range
    spring: _Range
    breaks: tuple[_Range, ...] = ()
    staff_days: tuple[date, ...] = ()
    extra_days: tuple[date, ...] = ()


def parse_calendar(text: str) -> SchoolCalendar:
    """Raises ``CalendarError`` saying which field is wrong."""
    try:
        found = _File.model_validate(yaml.safe_load(text))
    except yaml.YAMLError as error:
        raise CalendarError("calendar.yaml is not YAML") from error
    except ValidationError as error:
        fields = ", ".join(sorted({".".join(map(str, each["loc"])) or "the file" for each in error.errors()}))
        raise CalendarError(f"calendar.yaml: look at {fields}") from error
    return SchoolCalendar(
        school_year=found.school_year,
        autumn=_range(found.autumn),
        spring=_range(found.spring),
        breaks=tuple(map(_range, found.breaks)),
        staff_days=found.staff_days,
        extra_days=found.extra_days,
    )


def dump_calendar(calendar: SchoolCalendar) -> str:
    content = {
        "school_year": calendar.school_year,
        "autumn": _mapping(calendar.autumn),
        "spring": _mapping(calendar.spring),
        "breaks": [_mapping(each) for each in calendar.breaks],
        "staff_days": list(calendar.staff_days),
        "extra_days": list(calendar.extra_days),
    }
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False)


def read_calendar(path: Path) -> SchoolCalendar:
    return parse_calendar(path.read_text(encoding="utf-8"))


def write_calendar(path: Path, calendar: SchoolCalendar) -> None:
    path.write_text(dump_calendar(calendar), encoding="utf-8", newline="\n")


def _range(each: _Range) -> DateRange:
    return DateRange(each.name, each.first, each.last)


def _mapping(each: DateRange) -> dict[str, object]:
    return {"name": each.name, "first": each.first, "last": each.last}

"""What the client tells, as it is stored with a run and read again."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from narvaro.core import jobs
from narvaro.language import Message
from narvaro.ss12000.told import Capability, Difference, Finding, Organisation


def kept_capabilities(found: Iterable[Capability]) -> list[dict[str, Any]]:
    return [{"name": each.name, "has": each.has, "note": jobs.kept(each.note) if each.note else None} for each in found]


def merged_capabilities(stored: Iterable[dict[str, Any]], found: Iterable[Capability]) -> list[dict[str, Any]]:
    """The latest that is known of each: a reading of what has changed does not ask about everything."""
    known = {each["name"]: each for each in stored}
    return list((known | {each["name"]: each for each in kept_capabilities(found)}).values())


def capabilities_of(stored: Iterable[dict[str, Any]]) -> tuple[Capability, ...]:
    return tuple(Capability(**{**each, "note": jobs.restored(each["note"])}) for each in stored)


def kept_findings(found: Iterable[Finding]) -> list[dict[str, Any]]:
    return [{"code": each.code, "count": each.count, "told": jobs.kept(each.told)} for each in found]


def findings_of(stored: Iterable[dict[str, Any]]) -> tuple[Finding, ...]:
    return tuple(Finding(code=each["code"], count=each["count"], told=_said(each["told"])) for each in stored)


def kept_differences(found: Iterable[Difference]) -> list[dict[str, Any]]:
    return [asdict(each) for each in found]


def differences_of(stored: Iterable[dict[str, Any]]) -> tuple[Difference, ...]:
    return tuple(Difference(**each) for each in stored)


def kept_organisations(found: Iterable[Organisation]) -> list[dict[str, Any]]:
    return [asdict(each) for each in found]


def organisations_of(stored: Iterable[dict[str, Any]]) -> tuple[Organisation, ...]:
    return tuple(Organisation(**each) for each in stored)


def _said(stored: dict[str, Any]) -> Message:
    return Message.of(stored["text"], **stored["values"])

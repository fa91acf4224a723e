"""From a preset's name, a file or a text to a Plan."""

from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

import narvaro
from narvaro.domain.plan import Plan
from narvaro.language import Message
from narvaro.plans.building import plan_of
from narvaro.plans.errors import PlanError, fault
from narvaro.plans.explaining import faults_of, first_fault
from narvaro.plans.schema import CaseRulePart, PlanFile, RulePart
from narvaro.plans.yaml_text import Document, Place, document_of, read_document

PRESETS = Path(narvaro.__file__).parents[2] / "definitions" / "plans"


def preset_names() -> list[str]:
    return sorted(path.stem for path in PRESETS.glob("*.yaml"))


def preset_text(name: str) -> str:
    return (PRESETS / f"{name}.yaml").read_text("utf-8")


def load_plan(name_or_path: str) -> Plan:
    """Raise PlanError naming the place in the file and what is allowed there."""
    return _loaded(read_document(_path(name_or_path)))


def plan_of_text(text: str, file: str) -> Plan:
    """The same for a document that is kept elsewhere; ``file`` is what errors call it."""
    return _loaded(document_of(text, file))


def all_faults(name_or_path: str) -> list[PlanError]:
    """Everything that is wrong with a plan, in the order of the file; empty for one that can be used."""
    try:
        return _faults(read_document(_path(name_or_path)))
    except PlanError as error:
        return [error]


def _loaded(document: Document) -> Plan:
    try:
        file = PlanFile.model_validate(document.data)
    except ValidationError as errors:
        raise first_fault(document, errors) from None
    for found in _Checks(document, file).all():
        raise found
    return plan_of(file)


def _faults(document: Document) -> list[PlanError]:
    try:
        file = PlanFile.model_validate(document.data)
    except ValidationError as errors:
        return faults_of(document, errors)
    return list(_Checks(document, file).all())


def _path(name_or_path: str) -> Path:
    names = preset_names()
    if name_or_path in names:
        return PRESETS / f"{name_or_path}.yaml"
    path = Path(name_or_path)
    if path.suffix in (".yaml", ".yml"):
        return path
    raise PlanError(
        Message.of(
            "There is no plan “{name}”. Plans: {names}; or give the path of a file that ends in .yaml.",
            name=name_or_path,
            names=", ".join(names),
        )
    )


class _Checks:
    """What the parts of a plan need of each other."""

    def __init__(self, document: Document, file: PlanFile) -> None:
        self.document = document
        self.file = file

    def all(self) -> Iterator[PlanError]:
        yield from self._numbers()
        yield from self._must_do()
        seen: set[str] = set()
        for place, rule in self._rules():
            yield from self._step(rule, (*place, "step"))
            if rule.id in seen:
                yield self._fault((*place, "id"), Message.of("Two rules have the id “{id}”.", id=rule.id))
            seen.add(rule.id)

    def _rules(self) -> Iterator[tuple[Place, RulePart | CaseRulePart]]:
        yield from ((("rules", number), rule) for number, rule in enumerate(self.file.rules))
        yield from ((("case_rules", number), rule) for number, rule in enumerate(self.file.case_rules))

    def _numbers(self) -> Iterator[PlanError]:
        numbers = [step.number for step in self.file.steps]
        for place, number in enumerate(numbers):
            if number in numbers[:place]:
                reason = Message.of("Two steps have the number {number}.", number=number)
                yield self._fault(("steps", place, "number"), reason)

    def _must_do(self) -> Iterator[PlanError]:
        for place, step in enumerate(self.file.steps):
            ids = [each.id for each in step.must_do]
            for number, own in enumerate(ids):
                if own in ids[:number]:
                    reason = Message.of("Two things to do at a step have the id “{id}”.", id=own)
                    yield self._fault(("steps", place, "must_do", number, "id"), reason)

    def _step(self, rule: RulePart | CaseRulePart, place: Place) -> Iterator[PlanError]:
        numbers = sorted(step.number for step in self.file.steps)
        if rule.step not in numbers:
            steps = ", ".join(map(str, numbers))
            reason = Message.of("The plan has no step {step}. Its steps: {steps}.", step=rule.step, steps=steps)
            yield self._fault(place, reason)

    def _fault(self, place: Place, reason: Message) -> PlanError:
        return fault(self.document.file, self.document.line(place), self.document.name(place), reason)

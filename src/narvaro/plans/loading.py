"""From a preset's name or a file to a Plan."""

from collections.abc import Iterator
from pathlib import Path

import narvaro
from narvaro.domain.plan import CaseRule, Plan, Rule, Step
from narvaro.language import Message, Words
from narvaro.plans.errors import PlanError, fault
from narvaro.plans.schema import CaseRulePart, PlanFile, RulePart, checked
from narvaro.plans.yaml_text import Document, Place, read_document

PRESETS = Path(narvaro.__file__).parents[2] / "definitions" / "plans"


def preset_names() -> list[str]:
    return sorted(path.stem for path in PRESETS.glob("*.yaml"))


def load_plan(name_or_path: str) -> Plan:
    """Raise PlanError naming the place in the file and what is allowed there."""
    document = read_document(_path(name_or_path))
    file = checked(document)
    _Checks(document, file).all()
    return _plan(file)


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

    def all(self) -> None:
        self._numbers()
        seen: set[str] = set()
        for place, rule in self._rules():
            self._step(rule, (*place, "step"))
            if rule.id in seen:
                raise self._fault((*place, "id"), Message.of("Two rules have the id “{id}”.", id=rule.id))
            seen.add(rule.id)

    def _rules(self) -> Iterator[tuple[Place, RulePart | CaseRulePart]]:
        yield from ((("rules", number), rule) for number, rule in enumerate(self.file.rules))
        yield from ((("case_rules", number), rule) for number, rule in enumerate(self.file.case_rules))

    def _numbers(self) -> None:
        numbers = [step.number for step in self.file.steps]
        for place, number in enumerate(numbers):
            if number in numbers[:place]:
                reason = Message.of("Two steps have the number {number}.", number=number)
                raise self._fault(("steps", place, "number"), reason)

    def _step(self, rule: RulePart | CaseRulePart, place: Place) -> None:
        numbers = sorted(step.number for step in self.file.steps)
        if rule.step not in numbers:
            steps = ", ".join(map(str, numbers))
            raise self._fault(
                place, Message.of("The plan has no step {step}. Its steps: {steps}.", step=rule.step, steps=steps)
            )

    def _fault(self, place: Place, reason: Message) -> PlanError:
        return fault(self.document.file, self.document.line(place), self.document.name(place), reason)


def _plan(file: PlanFile) -> Plan:
    return Plan(
        name=file.name,
        version=file.version,
        title=file.title,
        source=file.source,
        valid_from=file.valid_from,
        occasion=file.occasion,
        steps=tuple(Step(step.number, Words(step.name, step.name_en)) for step in file.steps),
        rules=tuple(_rule(rule, file) for rule in file.rules),
        case_rules=tuple(_case_rule(rule, file) for rule in file.case_rules),
        kind=file.kind,
    )


def _rule(rule: RulePart, file: PlanFile) -> Rule:
    population = file.population if rule.population is None else rule.population
    return Rule(
        id=rule.id,
        step=rule.step,
        severity=rule.severity,
        when=rule.when,
        text=Words(rule.text, rule.text_en),
        source=rule.source or file.source,
        forms=tuple(population.forms),
        grades=tuple(population.grades),
        kind=rule.kind or file.kind,
    )


def _case_rule(rule: CaseRulePart, file: PlanFile) -> CaseRule:
    return CaseRule(rule.id, rule.step, Words(rule.text, rule.text_en), rule.source or file.source)

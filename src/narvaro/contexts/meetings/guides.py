"""Questions at hand while one talks: definitions/guides/meetings.yaml. Reviewed data, checked when it is read."""

from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, RootModel

import narvaro
from narvaro.contexts.meetings.models import Meeting
from narvaro.language import Words

FILE = Path(narvaro.__file__).parents[2] / "definitions" / "guides" / "meetings.yaml"


class _Said(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    sv: str
    en: str

    @property
    def words(self) -> Words:
        return Words(self.sv, self.en)


class Part(BaseModel):
    """Some questions that belong together."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    heading: _Said
    questions: tuple[_Said, ...]


class Guides(RootModel[dict[Meeting.Kind, tuple[Part, ...]]]):
    """By kind of meeting; every kind has one."""

    def model_post_init(self, context: object, /) -> None:
        if missing := sorted(set(Meeting.Kind) - set(self.root)):
            raise ValueError(f"{FILE.name} has no questions for {', '.join(missing)}")


@cache
def guides() -> Guides:
    return Guides.model_validate(yaml.safe_load(FILE.read_text("utf-8")))


def guide_for(kind: str, language: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Headings with their questions, in the language."""
    return tuple(
        (part.heading.words.say(language), tuple(each.words.say(language) for each in part.questions))
        for part in guides().root[Meeting.Kind(kind)]
    )

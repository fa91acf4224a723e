"""What is wrong with a plan's file, told to the person who wrote it."""

from dataclasses import dataclass

from narvaro.language import DEFAULT_LANGUAGE, N_, Message, translate

_IN_PART = N_("{file}, line {line}, {place}: {reason}")
_IN_FILE = N_("{file}, line {line}: {reason}")
_NOTHING = Message("")


class PlanError(Exception):
    def __init__(self, message: Message) -> None:
        super().__init__(message.say("en"))
        self.message = message


@dataclass(frozen=True, slots=True)
class _Placed(Message):
    """A place and what is wrong there, both said in the reader's language."""

    reason: Message = _NOTHING

    def say(self, language: str = DEFAULT_LANGUAGE) -> str:
        return translate(self.text, language).format(**dict(self.values), reason=self.reason.say(language))


def fault(file: str, line: int, place: str, reason: Message) -> PlanError:
    values = (("file", file), ("line", line), ("place", place))
    return PlanError(_Placed(_IN_PART if place else _IN_FILE, values, reason))

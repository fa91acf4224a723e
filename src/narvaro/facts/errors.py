"""What can go wrong with facts, told to the person who handed in the file."""

from typing import Literal

from narvaro.language import Message

About = Literal["encoding", "delimiter", "period", "lesson_minutes", "columns"]


class FactsError(Exception):
    """Carries a message for people: what happened, what is missing, what to do. Never a value from a row."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.say("en"))
        self.message = message


class ImportRefused(FactsError):
    """The whole import is refused; nothing was stored."""


class QuestionForPerson(ImportRefused):
    """The file can be read in more than one way; the message asks which, and ``about`` says what would answer it."""

    def __init__(self, message: Message, *, about: About = "columns") -> None:
        super().__init__(message)
        self.about: About = about


class UnknownLayout(ImportRefused):
    """The columns are not those that are known; a mapping can say what they hold."""


class HeldForConfirmation(ImportRefused):
    """The import is plausible but unusual; it needs a person's yes."""


class StoreDamaged(FactsError):
    """No snapshot of the store is whole."""


class EngineUnusable(FactsError):
    """The engine that was asked for cannot be reached, or cannot do the work. The import, if any, stands."""

"""What can go wrong with facts, told to the person who handed in the file."""

from narvaro.language import Message


class FactsError(Exception):
    """Carries a message for people: what happened, what is missing, what to do. Never a value from a row."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.say("en"))
        self.message = message


class ImportRefused(FactsError):
    """The whole import is refused; nothing was stored."""


class QuestionForPerson(ImportRefused):
    """The file can be read in more than one way; the message asks which."""


class HeldForConfirmation(ImportRefused):
    """The import is plausible but unusual; it needs a person's yes."""


class StoreDamaged(FactsError):
    """No snapshot of the store is whole."""

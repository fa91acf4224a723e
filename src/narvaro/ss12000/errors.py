"""Why a source could not be read, told to the person who set it up."""

from narvaro.language import Message


class SourceRefused(Exception):
    """Carries a message for people: what happened, what to do. Never part of an answer, an address's query or a
    token."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.say("en"))
        self.message = message

"""Why a source could not be read, told to the person who set it up."""

from narvaro.language import Message


class SourceRefused(Exception):
    """Carries a message for people: what happened, what to do. Never part of an answer, an address's query or a
    token."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.say("en"))
        self.message = message


class AddressRefused(SourceRefused):
    """The address is not one that may be asked."""


class SignInRefused(SourceRefused):
    """The source, or who gives out its tokens, does not take the secrets."""


class Interrupted(SourceRefused):
    """No whole answer came this time; worth another try."""


class NotOffered(SourceRefused):
    """The source does not have this at all (404, 405, 501)."""


class NotAllowed(SourceRefused):
    """The source has it, but not for us (403)."""


class QueryRefused(SourceRefused):
    """The source does not take the question as it was put (400, 422)."""


class TokenGone(SourceRefused):
    """The listing cannot go on from where it was (410); it can begin anew."""


class TooMuchAsked(SourceRefused):
    """The answer would be too large for the source; ask for less at a time."""


class AnswerUnusable(SourceRefused):
    """The answer is not what the standard says, so nothing of it is used."""


def malformed(path: str, what: object = "JSON") -> AnswerUnusable:
    """``what``: the field that has another shape than the standard's."""
    return AnswerUnusable(
        Message.of(
            "The answer from {path} is not built as SS 12000 says ({what}). Nothing of it was used; tell the supplier "
            "of the source.",
            path=path,
            what=str(what),
        )
    )

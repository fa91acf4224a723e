"""What can go wrong for a person, each said in words: what happened, what is missing, what to do."""

from narvaro.language import Message


class PeopleError(Exception):
    """Shown to the person with its status. Never holds personal data."""

    status = 400

    def __init__(self, message: Message) -> None:
        super().__init__(message.text)
        self.message = message


class Refused(PeopleError):
    """What was asked for is not allowed in this state of things."""

    status = 409


class Forbidden(PeopleError):
    """The role lacks the right. For another's object, raise Http404 instead: its existence is not told."""

    status = 403


class TooMuch(PeopleError):
    """A file or text above the limit that the message names."""

    status = 413


class NotAudited(PeopleError):
    """The audit row could not be written, so nothing is shown and nothing is saved."""

    status = 503


class Conflict(Refused):
    """Somebody else saved in between. ``theirs`` and ``mine`` are shown side by side, so that nothing is lost."""

    def __init__(self, message: Message, *, theirs: str, mine: str) -> None:
        super().__init__(message)
        self.theirs, self.mine = theirs, mine


class NoActor(Exception):
    """A query for personal data outside ``acting``. A fault of ours, never shown as data."""

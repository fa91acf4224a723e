"""What an entry says happened, kept so that it can be said in the language of whoever reads."""

from datetime import date
from typing import Any

from narvaro.core.access import access
from narvaro.language import Message, Words
from narvaro.ui.formats import words


def stored(title: Message) -> dict[str, Any]:
    """Values may be numbers, texts, days, ``Words`` and other messages."""
    return {"text": title.text, "values": {name: _stored(value) for name, value in title.values}}


def told(title: dict[str, Any]) -> str:
    """In the reader's language."""
    values = {name: _told(value) for name, value in title["values"].items()}
    return Message.of(title["text"], **values).say(words().language)


def role_words(role: str) -> Words:
    """The program's own acts are told by its name."""
    known = access().roles.get(role)
    return Words(known.sv, known.en) if known else Words("Närvaro", "Närvaro")


def _stored(value: object) -> Any:
    if isinstance(value, date):
        return {"day": value.isoformat()}
    if isinstance(value, Words):
        return {"sv": value.sv, "en": value.en}
    return {"message": stored(value)} if isinstance(value, Message) else value


def _told(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if "day" in value:
        return words().day_and_year(date.fromisoformat(value["day"]))
    return told(value["message"]) if "message" in value else Words(value["sv"], value["en"]).say(words().language)

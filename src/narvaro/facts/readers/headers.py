"""Words of Swedish attendance exports' headers, and which field each means. Our own column names come first."""

import re
import unicodedata
from collections.abc import Sequence

from narvaro.facts.layout import Grain

_PUNCTUATION = re.compile(r"[\s\-./()_:]+")

_SHARED = {
    "pupil_id": ("elev_id", "elevid", "pupil_id"),
    "identity_number": ("personnummer", "personnr", "person_nr", "pnr"),
    "school_unit_id": ("skolenhetskod", "skolenhet", "skolenhets_kod", "school_unit_code"),
    "group_id": ("klass", "grupp"),
    "valid": (
        "giltig_min",
        "giltig_franvaro",
        "giltig_franvaro_min",
        "giltig",
        "anmald_franvaro",
        "anmald",
        "gf",
        "gf_min",
        "ledighet",
        "beviljad_ledighet",
        "l",
    ),
    "invalid": (
        "ogiltig_min",
        "ogiltig_franvaro",
        "ogiltig_franvaro_min",
        "ogiltig",
        "oanmald_franvaro",
        "oanmald",
        "ej_anmald_franvaro",
        "ej_anmald",
        "skolk",
        "f",
        "f_min",
    ),
    "other": ("annan_min", "annat_min"),
}
_TEACHING_TIME = ("undervisningstid", "undv_tid", "erbjuden_tid", "schemalagd_tid")
_PRESENCE = ("narvaro", "n", "n_min")
_UNREPORTED = ("ej_rapporterad", "ej_rapporterat", "ej_registrerad", "ej_reg_tid", "orapporterad", "omarkerad")

LESSON_WORDS: dict[str, tuple[str, ...]] = {
    **_SHARED,
    "date": ("datum", "lektionsdatum", "date"),
    "start": ("start", "starttid", "borjar"),
    "end": ("slut", "sluttid", "slutar"),
    "subject": ("amne", "subject"),
    "offered": ("lektionsminuter", "lektionstid", "erbjuden_min", *_TEACHING_TIME),
    "present": ("narvarominuter", "narvaro_min", *_PRESENCE),
    "reported": ("rapporterad", "registrerad"),
    "unreported": _UNREPORTED,
    "late": ("sen", "sen_ankomst", "forsenad", "sa"),
    "lesson_id": ("lektion_id", "lektionsid", "lektion", "lesson_id"),
    "reason": ("orsak", "franvaroorsak", "anledning"),
}
PERIOD_WORDS: dict[str, tuple[str, ...]] = {
    **_SHARED,
    "grade": ("arskurs", "ak"),
    "first_date": ("fran", "fran_datum", "fran_och_med"),
    "last_date": ("till", "till_datum", "till_och_med"),
    "offered": ("erbjuden_min", "lektionsminuter", *_TEACHING_TIME),
    "reported": ("rapporterad_min", "rapporterad_tid"),
    "unreported": (*_UNREPORTED, "ej_rapporterad_min", "ej_rapporterad_tid"),
    "present": ("narvaro_min", "narvarominuter", *_PRESENCE),
    "late_count": ("sen_ankomst_antal", "sena_ankomster", "sen_ankomst", "forsenad", "sa"),
    "reason": ("orsak", "franvaroorsak", "anledning"),
}
WORDS: dict[Grain, dict[str, tuple[str, ...]]] = {"lesson": LESSON_WORDS, "period": PERIOD_WORDS}
_FIELDS = {grain: {word: field for field, words in table.items() for word in words} for grain, table in WORDS.items()}


def folded(header: str) -> str:
    """``Närvaro-minuter``, ``NÄRVARO MINUTER`` and ``narvaro_minuter`` are one; invisible characters are dropped."""
    plain = unicodedata.normalize("NFKD", header.casefold())
    letters = "".join(letter for letter in plain if unicodedata.category(letter) not in ("Mn", "Cf"))
    return _PUNCTUATION.sub("_", letters).strip("_")


def field_of(header: str, grain: Grain) -> str | None:
    return _FIELDS[grain].get(folded(header))


def own_name(field: str, grain: Grain) -> str:
    """Our column name for the field."""
    return WORDS[grain][field][0]


def is_known(header: str) -> bool:
    """Whether the text is a header word that says something: single letters can be anything."""
    return len(folded(header)) > 2 and any(folded(header) in fields for fields in _FIELDS.values())


def looks_like_header(cells: Sequence[str]) -> bool:
    """Two known words. Only then may the row be shown: without a header it holds a pupil's data."""
    return sum(map(is_known, cells)) >= 2

"""Any spelling of a number is the same number, and one wrong digit is always seen.

All numbers are invented: Skatteverket's series for tests (serials 238, 239 and 980-989) with made-up dates.
"""

from datetime import date

from hypothesis import assume, given
from hypothesis import strategies as st

from narvaro.domain.identity import COORDINATION_DAY_OFFSET, InvalidIdentity, Kind, Reason, check_digit, normalise

TODAY = date(2025, 9, 1)
births = st.dates(date(1905, 1, 1), TODAY)
serials = st.sampled_from([238, 239, *range(980, 990)])
spaces = st.text(" \u00a0\u2009\t", max_size=2)


@st.composite
def numbers(draw):
    born = draw(births)
    day = born.day + draw(st.sampled_from([0, COORDINATION_DAY_OFFSET]))
    nine = f"{born:%y%m}{day:02d}{draw(serials)}"
    return born, f"{born.year:04d}"[:2] + nine + str(check_digit(nine))


@st.composite
def temporaries(draw):
    born = draw(births)
    tail = draw(st.integers(0, 99).map("TF{:02d}".format) | st.integers(0, 999).map("T{:03d}".format))
    return born, f"{born:%Y%m%d}{tail}"


def is_hundred(born: date) -> bool:
    return TODAY.year - born.year >= 100


@st.composite
def spellings(draw, born: date, canonical: str):
    """The long form with any sign that fits, or the short form with the sign that it needs."""
    head, tail = canonical[:8], canonical[8:]
    if draw(st.booleans()):
        signs = ["", "-", "+"] if is_hundred(born) else ["", "-"]
        text = head + draw(st.sampled_from(signs)) + tail
    else:
        signs = ["+"] if is_hundred(born) else ["", "-"]
        text = head[2:] + draw(st.sampled_from(signs)) + tail
    if text.isdigit():
        text += draw(st.sampled_from(["", ".0", ",0"]))
    spaced = "".join(character + draw(spaces) for character in text)
    return draw(spaces) + draw(st.sampled_from([spaced, spaced.lower()]))


@given(st.data(), numbers() | temporaries())
def test_every_spelling_has_one_canonical_form(data, number):
    born, canonical = number
    identity = normalise(data.draw(spellings(born, canonical)), today=TODAY)
    assert (identity.canonical, identity.birth_date) == (canonical, born)
    assert normalise(identity.canonical, today=TODAY) == identity


@given(numbers())
def test_the_kind_follows_the_day(number):
    born, canonical = number
    is_coordination = int(canonical[6:8]) == born.day + COORDINATION_DAY_OFFSET
    expected = Kind.COORDINATION if is_coordination else Kind.PERSONAL
    assert normalise(canonical, today=TODAY).kind is expected


@given(numbers(), st.integers(1, 9))
def test_a_wrong_check_digit_is_refused(number, step):
    _, canonical = number
    assert refusal(canonical[:-1] + str((int(canonical[-1]) + step) % 10)) is Reason.CHECK_DIGIT


@given(numbers(), st.integers(2, 11), st.integers(1, 9))
def test_one_digit_typed_wrong_is_refused(number, place, step):
    _, canonical = number
    wrong = canonical[:place] + str((int(canonical[place]) + step) % 10) + canonical[place + 1 :]
    assert refusal(wrong) is not None


@given(numbers(), st.integers(8, 10))
def test_two_neighbours_swapped_are_refused(number, place):
    _, canonical = number
    left, right = canonical[place : place + 2]
    assume(left != right and {left, right} != {"0", "9"})  # Luhn can not see 09 <-> 90
    assert refusal(canonical[:place] + right + left + canonical[place + 2 :]) is not None


@given(st.text())
def test_any_text_is_a_number_or_refused_without_being_repeated(text):
    error = error_of(text)
    assert error is None or str(error) == f"not a personal identity number: {error.reason.value}"


def refusal(text: str) -> Reason | None:
    error = error_of(text)
    return None if error is None else error.reason


def error_of(text: str) -> InvalidIdentity | None:
    try:
        normalise(text, today=TODAY)
    except InvalidIdentity as error:
        return error
    return None

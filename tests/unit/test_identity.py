"""How a personal identity number is read.

Every number here is invented: Skatteverket's series for tests (serials 238, 239 and 980-989) with made-up dates.
"""

from datetime import date

import pytest

from narvaro.domain.identity import Identity, InvalidIdentity, Kind, Reason, check_digit, normalise

TODAY = date(2025, 9, 1)


def test_the_luhn_digit_of_a_worked_example():
    # 1*2 3 0*2 1 0*2 1 2*2 3 8*2 -> 2+3+0+1+0+1+4+3+(1+6) = 21, so 9 is missing to 30
    assert check_digit("130101238") == 9


def numbered(first_nine: str, century: str = "20") -> str:
    return f"{century}{first_nine}{check_digit(first_nine)}"


CHILD = numbered("130101238")
PLACED = numbered("130161238")


@pytest.mark.parametrize(
    "text",
    [
        CHILD,
        f"{CHILD[:8]}-{CHILD[8:]}",
        CHILD[2:],
        f"{CHILD[2:8]}-{CHILD[8:]}",
        f"  {CHILD} ",
        f"{CHILD[:8]}\u00a0-\u00a0{CHILD[8:]}",
        f"{CHILD[:4]} {CHILD[4:6]} {CHILD[6:8]} {CHILD[8:]}",
        f"{CHILD[:8]}\u2013{CHILD[8:]}",
        f"{CHILD[:8]}\u2011{CHILD[8:]}",
        f"\ufeff{CHILD}",
        f"{CHILD}.0",
        f"{CHILD},00",
        "".join(chr(ord(digit) + 0xFEE0) for digit in CHILD),
    ],
)
def test_every_spelling_is_one_number(text):
    assert normalise(text, today=TODAY) == Identity(CHILD, Kind.PERSONAL, date(2013, 1, 1))


def test_a_coordination_number_keeps_its_day_and_knows_the_birth_date():
    assert normalise(PLACED[2:], today=TODAY) == Identity(PLACED, Kind.COORDINATION, date(2013, 1, 1))


@pytest.mark.parametrize("tail", ["TF01", "tf01", "T012"])
@pytest.mark.parametrize("head", ["20130101", "20130101-", "130101", "130101-", " 130101 "])
def test_temporary_numbers(head, tail):
    assert normalise(head + tail, today=TODAY) == Identity(f"20130101{tail.upper()}", Kind.TEMPORARY, date(2013, 1, 1))


def test_plus_means_a_hundred_years_or_more():
    old = numbered("130101980", "19")
    assert normalise(f"130101+{old[8:]}", today=TODAY).birth_date == date(1913, 1, 1)
    assert normalise(f"130101-{old[8:]}", today=TODAY).birth_date == date(2013, 1, 1)
    assert normalise(f"19130101+{old[8:]}", today=TODAY).canonical == old


def test_a_two_digit_year_after_this_year_is_last_century():
    young = numbered("260101238", "19")
    assert normalise(young[2:], today=TODAY).birth_date == date(1926, 1, 1)


def test_a_leap_day_needs_a_leap_year():
    assert normalise(numbered("120229238"), today=TODAY).birth_date == date(2012, 2, 29)
    assert reason_of(numbered("130229238")) is Reason.DATE


def reason_of(text: str) -> Reason:
    with pytest.raises(InvalidIdentity) as caught:
        normalise(text, today=TODAY)
    return caught.value.reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", Reason.EMPTY),
        (" \u00a0\u200b", Reason.EMPTY),
        ("e-000123", Reason.FORMAT),
        ("2,01301E+11", Reason.FORMAT),  # Excel has thrown the last digits away
        (CHILD[:-1], Reason.FORMAT),
        (f"{CHILD}0", Reason.FORMAT),
        (f"{CHILD}.5", Reason.FORMAT),
        ("20130101TF1", Reason.FORMAT),
        ("20130101T01", Reason.FORMAT),
        ("20130161TF01", Reason.DATE),
        ("20131301TF01", Reason.DATE),
        ("\u0662\u0660\u0661\u0663\u0660\u0661\u0660\u0661\u0662\u0663\u0668\u0663", Reason.FORMAT),
        (numbered("131301238"), Reason.DATE),
        (numbered("130100238"), Reason.DATE),
        (numbered("130132238"), Reason.DATE),
        (numbered("130192238"), Reason.DATE),
        (numbered("130101000"), Reason.SERIAL),
        ("20130101-0000", Reason.SERIAL),
        (numbered("250902238"), Reason.FUTURE),
        ("20250902TF01", Reason.FUTURE),
        (f"{CHILD[:8]}+{CHILD[8:]}", Reason.CENTURY),
        (CHILD[:-1] + str((int(CHILD[-1]) + 1) % 10), Reason.CHECK_DIGIT),
    ],
)
def test_what_is_refused_and_why(text, reason):
    assert reason_of(text) is reason


@pytest.mark.parametrize("text", [CHILD[:-1] + str((int(CHILD[-1]) + 1) % 10), "20131301TF01", "svensson 20130101"])
def test_an_error_never_holds_the_value(text):
    with pytest.raises(InvalidIdentity) as caught:
        normalise(text, today=TODAY)
    error = caught.value
    assert text not in f"{error} {error!r} {error.args}"
    assert "2013" not in f"{error} {error!r} {error.args}"
    assert error.__suppress_context__ or error.__context__ is None


@pytest.mark.parametrize("text", [CHILD, PLACED, "20130101TF01"])
def test_it_is_shown_masked(text):
    identity = normalise(text, today=TODAY)
    assert identity.masked == str(identity) == f"{text[:8]}-****"
    assert text[8:] not in repr(identity)

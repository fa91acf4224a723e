"""Identity numbers that no person has: Skatteverket's serials for tests, and temporary numbers when those run out.

Six serials a sex and birthday, so a cohort of some 4 000 has a number each; further ones are of the form YYYYMMDDTFnn,
which a school gives to those who have none.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from narvaro.domain.identity import COORDINATION_DAY_OFFSET, check_digit

Sex = Literal["Man", "Kvinna"]
# The third digit is odd for men (folkbokföringslagen 18 §).
_SERIALS: dict[Sex, tuple[int, ...]] = {"Man": (239, 981, 983, 985, 987, 989), "Kvinna": (238, 980, 982, 984, 986, 988)}
_TEMPORARY_A_DAY = 50
_DAYS = 365
_STRIDE = 97  # has no factor in common with 365: birthdays are spread over the year


@dataclass(slots=True)
class CivicNumbers:
    _given: Counter[tuple[int, Sex]] = field(default_factory=Counter)

    def give(self, year: int, sex: Sex, *, is_coordination: bool = False) -> tuple[date, str]:
        """Birth date and twelve characters; "" when the year's numbers are used up."""
        turn, place = divmod(self._given[year, sex], _DAYS)
        self._given[year, sex] += 1
        day = date(year, 1, 1) + timedelta(days=place * _STRIDE % _DAYS)
        return day, _number(day, sex, turn, is_coordination)


def _number(day: date, sex: Sex, turn: int, is_coordination: bool) -> str:
    serials = _SERIALS[sex]
    if turn >= len(serials):
        left = turn - len(serials)
        number = 2 * left + (sex == "Kvinna")
        return f"{day:%Y%m%d}TF{number:02d}" if left < _TEMPORARY_A_DAY else ""
    digits = f"{day:%y%m}{day.day + COORDINATION_DAY_OFFSET * is_coordination:02d}{serials[turn]}"
    return f"{day.year // 100}{digits}{check_digit(digits)}"

"""First names and surnames that are common in Sweden, to be combined at random: nobody real is meant."""

from pathlib import Path

from narvaro.demo.draws import Draws

_DATA = Path(__file__).parent / "data"
GIVEN_NAMES = tuple((_DATA / "given_names.txt").read_text(encoding="utf-8").split())
SURNAMES = tuple((_DATA / "surnames.txt").read_text(encoding="utf-8").split())


def full_name(draws: Draws, *key: object) -> tuple[str, str]:
    return draws.one_of(GIVEN_NAMES, "given", *key), draws.one_of(SURNAMES, "surname", *key)

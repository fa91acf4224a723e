"""Whatever a rule or an output names is explained."""

from narvaro.domain.measure_words import WORDS
from narvaro.domain.rules import MEASURES
from narvaro.report.files import MEASURE_COLUMNS


def test_every_measure_of_rules_has_words() -> None:
    assert set(MEASURES) <= set(WORDS)


def test_every_column_of_the_measures_file_has_words() -> None:
    assert set(MEASURE_COLUMNS) - {"pupil_id", "school_unit_id"} <= set(WORDS)

"""Nobody is lost or kept while a listing moves under its reader (bad input 25): pages go by offset, and people come,
leave and change between any two of them."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.small_source import pupil, small_source

HAPPENINGS = st.lists(
    st.tuples(st.integers(1, 6), st.sampled_from(["leave", "come", "change"]), st.integers(1, 12)), max_size=3
)


@settings(max_examples=25)
@given(happenings=HAPPENINGS, size=st.integers(2, 6))
def test_the_first_reading_comes_to_who_is_there(happenings, size):
    with TemporaryDirectory() as folder, small_source(Path(folder), size=size) as reader:
        source, asked = reader.source, 0

        def happen(name, offset):
            nonlocal asked
            asked += name == "persons"
            for when, what, number in happenings:
                if name == "persons" and when == asked:
                    meet(source, what, f"pupil-{number}")

        source.before_page, reader.with_lessons = happen, False
        reader.read()
        there = {each["id"] for each in source.told["persons"] if "enrolments" in each}
        assert {each.pupil_id for each in reader.roster.pupils} == there


def meet(source, what, id):
    if what == "come":
        source.add("persons", pupil(20 + len(source.told["persons"]), responsibles=[]))
    elif any(each["id"] == id for each in source.told["persons"]):
        source.remove("persons", id) if what == "leave" else source.change("persons", id, familyName="Ny")

"""Listings and look-ups of a source, however it pages (bad input 23 to 26; docs/reference/ss12000.md)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narvaro.ss12000.errors import AnswerUnusable, Interrupted, NotOffered, SourceRefused, TokenGone, TooMuchAsked
from narvaro.ss12000.paging import lookup, pages
from narvaro.ss12000.wire import Limits
from tests.scripted_source import BASE, Told, objects, page, scripted


def read(source, params=None, limits=None):
    with source.asker(limits) as asker:
        return [each["id"] for part in pages(asker, "/persons", params or {}) for each in part]


def ids(count):
    return [each["id"] for each in objects(count)]


@pytest.mark.parametrize("last", [None, "", "absent"])
def test_a_listing_ends_when_there_is_no_token(last):
    def answer(asked):
        if asked.one("pageToken") is None:
            return page(objects(2), "a+b/c==")
        assert asked.one("pageToken") == "a+b/c=="  # encoded on its way
        return Told(body={"data": objects(1, 2), **({} if last == "absent" else {"pageToken": last})})

    with scripted(answer) as source:
        assert read(source) == ids(3)


def test_the_base_path_is_kept_and_arrays_are_repeated_parameters():
    with scripted(lambda asked: page([])) as source:
        assert read(source, {"groupType": ("Klass", "Mentor")}) == []
        (asked,) = source.asked
    assert (asked.path, asked.query) == (f"{BASE}/persons", {"groupType": ["Klass", "Mentor"], "limit": ["2"]})


def test_the_token_goes_alone_first_and_with_the_filters_where_those_are_demanded():
    def answer(asked):
        if asked.one("pageToken") is None:
            return page(objects(2), "t")
        if asked.one("organisation") is None:
            return Told(422, {"detail": "organisation is required"})
        return page(objects(1, 2), "u") if asked.one("pageToken") == "t" else page(objects(1, 3))

    with scripted(answer) as source:
        assert read(source, {"organisation": "o"}) == ids(4)
        sent = [sorted(asked.query) for asked in source.asked]
    together = ["limit", "organisation", "pageToken"]
    assert sent == [["limit", "organisation"], ["limit", "pageToken"], together, together]


def test_a_token_that_is_gone_begins_the_listing_anew_and_not_for_ever():
    gone = [Told(410), Told(410)]

    def answer(asked):
        if asked.one("pageToken") is None:
            return page(objects(2), "t")
        return gone.pop() if gone else page(objects(1, 2))

    with scripted(answer) as source:
        assert read(source) == [*ids(2), *ids(2), *ids(3)]
    gone.extend([Told(410)] * 3)
    with scripted(answer) as source, pytest.raises(TokenGone):
        read(source)


def never_ending(kind):
    def answer(asked):
        number = int(asked.one("pageToken") or 0)
        shown = {"same token": objects(2, number), "no objects": [], "same objects": objects(2)}
        token = "1" if kind == "same token" else str(number + 1)
        return page(shown.get(kind, objects(2, 2 * number)), token)

    return answer


@pytest.mark.parametrize(("kind", "most"), [("same token", 3), ("no objects", 4), ("same objects", 4), ("more", 22)])
def test_a_listing_without_an_end_is_refused(kind, most):
    with scripted(never_ending(kind)) as source:
        with pytest.raises(AnswerUnusable, match="never come to an end"):
            read(source)
        assert 1 < len(source.asked) <= most


BROKEN = [
    b"{",
    b'{"data": [{"id": "a"}',
    b'{"data": NaN}',
    b"[" * 100_000,
    b'{"data": {"id": "a"}}',
    b'{"data": [1]}',
    b"[]",
    b"null",
    b'{"data": [], "pageToken": {}}',
    b'{"objects": []}',
]


@pytest.mark.parametrize("body", BROKEN)
def test_a_page_of_another_shape_is_refused_and_not_repeated_in_words(body):
    with scripted(lambda asked: Told(body=body)) as source, pytest.raises(AnswerUnusable) as refused:
        read(source)
    assert body[:20].decode() not in refused.value.message.say("sv")


def test_a_path_that_is_not_there_is_told_as_that():
    with scripted(lambda asked: Told(404, b"")) as source, pytest.raises(NotOffered, match="/persons"):
        read(source)


def test_an_answer_that_is_too_large_is_refused():
    limits = Limits(bytes=1 << 20)
    with scripted(lambda asked: Told(body=b" " * (1 << 20) + b'{"data": []}')) as source:
        with pytest.raises(AnswerUnusable, match="larger than 1 MB"):
            read(source, limits=limits)
        assert len(source.asked) == 1
    with scripted(lambda asked: Told(body=b" " * 1000 + b'{"data": []}')) as source:
        assert read(source, limits=limits) == []


def looked_up(source, wanted):
    with source.asker(Limits(batch=8, tries=2)) as asker:
        return sorted(each["id"] for part in lookup(asker, "/persons/lookup", "ids", wanted) for each in part)


def too_large_above(most):
    def answer(asked):
        wanted = asked.json["ids"]
        return Told(503) if len(wanted) > most else Told(body=[{"id": id} for id in wanted])

    return answer


def test_a_look_up_is_halved_until_the_source_can_answer():
    with scripted(too_large_above(3)) as source:
        assert looked_up(source, sorted(ids(20))) == sorted(ids(20))
        assert source.naps == []
        assert max(len(asked.json["ids"]) for asked in source.asked) == 8


def test_a_source_that_is_out_of_order_is_not_halved_for_ever():
    with scripted(too_large_above(0)) as source, pytest.raises(Interrupted):
        looked_up(source, sorted(ids(8)))
    with scripted(lambda asked: Told(413)) as source, pytest.raises(TooMuchAsked):
        looked_up(source, ["one"])


@pytest.mark.parametrize("body", [[{"id": "a"}], {"data": [{"id": "a"}]}])
def test_a_look_up_is_a_bare_list_or_told_as_a_listing(body):
    with scripted(lambda asked: Told(body=body)) as source:
        assert looked_up(source, ["a"]) == ["a"]


@settings(max_examples=40)
@given(sizes=st.lists(st.integers(0, 4), max_size=6), size=st.integers(1, 5))
def test_every_object_comes_in_order_whatever_the_pages(sizes, size):
    """Pages are as large as the source likes; none, one or two empty ones in between are borne."""
    starts = [sum(sizes[:number]) for number in range(len(sizes) + 1)]

    def answer(asked):
        number = int(asked.one("pageToken") or 0)
        here = objects(sizes[number], starts[number]) if number < len(sizes) else []
        return page(here, str(number + 1) if number + 1 < len(sizes) else None)

    with scripted(answer) as source:
        borne = all(any(sizes[number : number + 3]) for number in range(max(len(sizes) - 3, 0)))
        try:
            assert read(source, limits=Limits(page=size)) == ids(sum(sizes))
        except SourceRefused:
            assert not borne

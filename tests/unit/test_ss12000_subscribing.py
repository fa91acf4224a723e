"""A subscription is made, made in the other shape, renewed, made anew, or done without."""

from datetime import UTC, datetime
from typing import Any

import pytest

from narvaro.language import Message
from narvaro.ss12000.errors import AnswerUnusable, NotAllowed, NotOffered, QueryRefused, SourceRefused
from narvaro.ss12000.subscribing import RESOURCES, subscribed

TARGET = "https://narvaro.example.se/notices/1"
MADE = {"id": "s-1", "expires": "2026-12-01T00:00:00+01:00", "name": "Närvaro"}
NOT = Message.of("No.")


class Answering:
    """Answers what it is given, in order; an exception is raised."""

    def __init__(self, *answers: Any) -> None:
        self.answers, self.asked = list(answers), []

    def post(self, path: str, body: Any, **_how: Any) -> Any:
        return self._next("POST", path, body)

    def patch(self, path: str) -> Any:
        return self._next("PATCH", path, None)

    def _next(self, *asked: Any) -> Any:
        self.asked.append(asked)
        answer = self.answers.pop(0)
        if isinstance(answer, SourceRefused):
            raise answer
        return answer


def test_one_is_made_for_what_is_read():
    asker = Answering(MADE)
    found = subscribed(asker, TARGET)
    assert (found.id, found.ends) == ("s-1", datetime(2026, 11, 30, 23, tzinfo=UTC))
    ((method, path, body),) = asker.asked
    assert (method, path, body["target"]) == ("POST", "/subscriptions", TARGET)
    assert body["resourceTypes"] == [{"resource": each} for each in RESOURCES]


def test_the_other_shape_is_tried_where_the_standards_is_not_taken():
    asker = Answering(QueryRefused(NOT), MADE)
    assert subscribed(asker, TARGET).id == "s-1"
    assert asker.asked[1][2]["resourceTypes"] == list(RESOURCES)


def test_a_known_one_is_renewed_and_one_that_is_gone_made_anew():
    asker = Answering({**MADE, "expires": "2027-01-01T00:00:00"})
    assert subscribed(asker, TARGET, known="s-1").ends == datetime(2027, 1, 1, tzinfo=UTC)
    assert asker.asked == [("PATCH", "/subscriptions/s-1", None)]
    asker = Answering(NotOffered(NOT), {**MADE, "id": "s-2"})
    assert subscribed(asker, TARGET, known="s-1").id == "s-2"


@pytest.mark.parametrize("refusal", [NotOffered(NOT), NotAllowed(NOT)])
def test_a_source_without_them_is_no_fault(refusal):
    assert subscribed(Answering(refusal), TARGET) is None


@pytest.mark.parametrize("answer", [None, [], {"id": "s-1"}, {"id": "s-1", "expires": "soon"}])
def test_an_answer_of_another_shape_is_not_used(answer):
    with pytest.raises(AnswerUnusable):
        subscribed(Answering(answer), TARGET)

"""Listings page by page, and look-ups in batches, however the source does them."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from narvaro.language import Message
from narvaro.ss12000.asking import Asker, Json, Params
from narvaro.ss12000.errors import AnswerUnusable, QueryRefused, TokenGone, TooMuchAsked, malformed

Object = dict[str, Any]
_RESTARTS, _REPEATS = 2, 2


Read = Callable[[Json, str], list[Object]]


def data_of(answer: Json, path: str) -> list[Object]:
    return checked(answer.get("data") if isinstance(answer, dict) else None, path)


def pages(asker: Asker, path: str, params: Params, *, read: Read = data_of) -> Iterator[list[Object]]:
    """Every page of a listing. When the source loses its place the listing begins anew, so an object may come twice.
    ``read`` finds the objects in an answer.

    Raises SourceRefused; pages that came before are then to be left unused."""
    for attempt in range(_RESTARTS + 1):
        try:
            yield from _once_through(asker, path, params, read)
            return
        except TokenGone:
            if attempt == _RESTARTS:
                raise


def _once_through(asker: Asker, path: str, params: Params, read: Read) -> Iterator[list[Object]]:
    first = {**params, "limit": asker.limits.page}
    circling = _Circling(path, asker.limits.pages)
    answer = asker.get(path, first)
    while True:
        objects, token = read(answer, path), _token(answer, path)
        yield objects
        if not token:
            return
        circling.note(objects, token)
        answer = _next(asker, path, first, token)


def _next(asker: Asker, path: str, first: Params, token: str) -> Json:
    """The standard wants the token alone; some sources want the filters again with it."""
    if path not in asker.token_with_filters:
        try:
            return asker.get(path, {"pageToken": token, "limit": asker.limits.page})
        except QueryRefused:
            pass
    try:
        answer = asker.get(path, {**first, "pageToken": token})
    except QueryRefused as error:
        raise TokenGone(error.message) from error
    asker.token_with_filters.add(path)
    return answer


class _Circling:
    """Refuses to follow a source that goes in circles or never ends."""

    def __init__(self, path: str, most: int) -> None:
        self._path, self._most = path, most
        self._tokens: set[str] = set()
        self._firsts: set[object] = set()
        self._empty = self._again = 0

    def note(self, objects: list[Object], token: str) -> None:
        first = objects[0].get("id") if objects else None
        self._empty = 0 if objects else self._empty + 1
        self._again += isinstance(first, str) and first in self._firsts
        if isinstance(first, str):
            self._firsts.add(first)
        ends = token in self._tokens or self._empty > _REPEATS or self._again > _REPEATS
        if ends or len(self._tokens) >= self._most:
            raise AnswerUnusable(
                Message.of("The pages of {path} never come to an end. Nothing of them was used.", path=self._path)
            )
        self._tokens.add(token)


def _token(answer: Json, path: str) -> str:
    """ "" on the last page, whether the token is null, empty or not there."""
    token = answer.get("pageToken") if isinstance(answer, dict) else None
    if token is not None and not isinstance(token, str | int):
        raise malformed(path)
    return "" if token is None else str(token)


def checked(objects: Json, path: str) -> list[Object]:
    """Raises AnswerUnusable unless it is a list of objects."""
    if not isinstance(objects, list) or not all(type(each) is dict for each in objects):
        raise malformed(path)
    return objects


def lookup(
    asker: Asker, path: str, key: str, ids: Sequence[str], params: Params | None = None
) -> Iterator[list[Object]]:
    """Objects by id, in batches that are halved where the source finds them too large. Raises SourceRefused."""
    batches = [ids[start : start + asker.limits.batch] for start in range(0, len(ids), asker.limits.batch)]
    while batches:
        batch = batches.pop()
        try:
            answer = asker.post(path, {key: list(batch)}, params=params or {}, may_be_halved=len(batch) > 1)
        except TooMuchAsked:
            if len(batch) == 1:
                raise
            middle = len(batch) // 2
            batches += [batch[:middle], batch[middle:]]
            continue
        # Some sources answer a look-up as they answer a listing.
        yield checked(answer.get("data") if isinstance(answer, dict) else answer, path)

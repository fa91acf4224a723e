"""Every address of the application, walked out of Django's own resolver, so that a new one is found by itself."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True)
class Route:
    """``name`` as request.resolver_match.view_name says it; empty when the address has none."""

    name: str
    pattern: str
    parameters: tuple[str, ...]
    view: Callable[..., Any]


def routes() -> tuple[Route, ...]:
    return tuple(_within(get_resolver(), "", "", ()))


def _within(resolver: URLResolver, spaces: str, pattern: str, parameters: tuple[str, ...]) -> Iterator[Route]:
    for each in resolver.url_patterns:
        here = pattern + str(each.pattern)
        named = (*parameters, *each.pattern.regex.groupindex)
        if isinstance(each, URLPattern):
            yield Route(spaces + each.name if each.name else "", here, named, each.callback)
        else:
            space = f"{spaces}{each.namespace}:" if each.namespace else spaces
            yield from _within(each, space, here, named)

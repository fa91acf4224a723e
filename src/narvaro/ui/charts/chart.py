"""What every chart is: markup that has been escaped, a title, a sentence, and a table with the same numbers."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from html import escape

Number = Fraction | Decimal | float | int


class Svg(str):
    """Markup made by ``element`` only. Templates take it as safe through ``__html__``, as they do other safe text."""

    __slots__ = ()

    def __html__(self) -> "Svg":
        return self


@dataclass(frozen=True, slots=True)
class Chart:
    """``description`` says in a sentence what the picture shows. ``keys`` are the parts that the legend explains."""

    svg: Svg
    title: str
    description: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    keys: tuple[str, ...] = ()


def element(name: str, *children: str, **attributes: str | int | float | None) -> Svg:
    """``<name ...>children</name>`` with everything escaped that is not ``Svg``.

    ``class_`` is ``class`` and ``stroke_width`` is ``stroke-width``. An attribute that is None is left out.
    """
    given = [f' {_name(key)}="{_written(value)}"' for key, value in attributes.items() if value is not None]
    written, body = "".join(given), joined(*children)
    return Svg(f"<{name}{written}>{body}</{name}>" if body else f"<{name}{written}/>")


def joined(*pieces: str) -> Svg:
    return Svg("".join([piece if isinstance(piece, Svg) else escape(piece) for piece in pieces]))


def picture(kind: str, width: int, height: int, description: str, *pieces: str) -> Svg:
    """A whole picture: as wide as it is drawn, and narrower where the page is."""
    return element(
        "svg",
        element("title", description),
        *pieces,
        class_=f"picture {kind}",
        viewBox=f"0 0 {width} {height}",
        width=width,
        height=height,
        role="img",
    )


def exact(value: Number) -> Fraction:
    """A float stands for the short decimal it was written as: 0.3 is three tenths, not a little less."""
    return Fraction(str(value)) if isinstance(value, float) else Fraction(value)


@cache
def _name(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def _written(value: str | int | float) -> str:
    if isinstance(value, str):
        return escape(value)
    return f"{value:g}" if isinstance(value, float) else str(value)

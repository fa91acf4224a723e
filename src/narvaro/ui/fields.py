"""A form field as it is shown: which widgets need a fieldset, and what reads out the help and the error."""

from typing import Any

from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect
from django.utils.safestring import SafeString


def shown_field(bound: BoundField) -> dict[str, Any]:
    widget = bound.field.widget
    grouped = isinstance(widget, RadioSelect | CheckboxSelectMultiple)
    inline = isinstance(widget, CheckboxInput)
    described = _described(bound)
    return {
        "bound": bound,
        "grouped": grouped,
        "inline": inline,
        "described": described,
        "widget": _widget(bound, "" if grouped else described, grouped=grouped),
    }


def _described(bound: BoundField) -> str:
    """The ids of the help and of the error, help first."""
    ids = [(bound.help_text, "helptext"), (bound.errors, "error")]
    return " ".join(f"{bound.auto_id}_{name}" for present, name in ids if present)


def _widget(bound: BoundField, described: str, *, grouped: bool) -> SafeString:
    attributes: dict[str, Any] = {} if grouped else {"class": "ds-input"}
    if described:
        attributes["aria-describedby"] = described
    if bound.errors and not grouped:
        attributes["aria-invalid"] = "true"
    return bound.as_widget(attrs=attributes)

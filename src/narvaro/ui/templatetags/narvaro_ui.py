"""Components: the pieces that every page is built from. ``/gallery/`` shows them all.

``{% load narvaro_ui %}``. Shapes are in ``narvaro.ui.parts``, charts in ``narvaro.ui.charts``. Texts come translated;
numbers come as numbers, and days as ``date``. Nothing takes markup but the blocks, whose content is template text.

Blocks (always with their end tag; what is between goes where it says)
    {% page_head heading lede= sub= figures= crumbs= tags= %}buttons{% endpage_head %}
        The only h1. heading: a sentence with its number; figures: [Figure]; crumbs: [Link], the last without url;
        tags: [(text, kind)]
    {% panel heading level=2 sub= id= kind= %}...{% endpanel %}             white card; kind "quiet": without card
    {% filter_bar action target= label= %}fields{% endfilter_bar %}         GET form; target: "#id" of the part that is
        swapped whole. The view may answer with the whole page, or with that part alone when ``HX-Request`` is set.
        action: request.path
    {% data_table caption columns sort= query=request.GET target= id= show_caption= %}rows{% enddata_table %}
        columns: [Column]; sort: "name" or "-name"; rows: <tr> of <th scope="row"> and <td data-label="Heading">.
        data-label is the heading on a narrow screen; class "number" for figures, "act" for buttons, "wide" for charts
    {% how_made summary= %}...{% endhow_made %}                             how is this number made?
    {% empty_state heading level=2 %}what to do{% endempty_state %}
    {% alert kind heading= level=2 live= %}...{% endalert %}                kind: info good warn late; live: "status",
        "alert", only for what appears after the page is read
    {% dialog summary id= open= variant= %}...{% enddialog %}               opens in place, also without JavaScript

Tags
    {% key_figures figures %}                                               [Figure]
    {% filter_select name label options value %}                            options: [(value, text)]
    {% filter_search name label value placeholder= %}
    {% pagination page query=request.GET target= %}                         Django's Page
    {% absence_bar absence show_parts=False %}                              Absence; the rate is of the reported time,
        and what is not known is always said
    {% sparkline rates label %}                                             [rate or None]; label: text alternative
    {% chips reasons %}                                                     [text]
    {% badge text kind= %}                                                  kind: "" good warn late info
    {% step_badge step %}  {% step_row steps %}                             Step; [Step]
    {% button label url= variant= colour= name= value= type= about= %}      a link with url, else a button;
        variant: primary secondary tertiary; about: whom it is about, for screen readers ("Alva B, 7B")
    {% tabs items label %}                                                  [Link], figure is the big number
    {% field bound %}  {% form_fields form focus=True %}                    label, help, error and widget of a field;
        form_fields adds the list of errors, which takes the focus
    {% progress done total label id= poll_url= poll_every="2s" note= %}     total 0: not known yet. The polled view
        answers with the same tag, and without poll_url when it is done
    {% timeline entries %}  {% tasks tasks %}                               [Entry]; [Task]
    {% legend keys %}                                                       ["present", "valid", ...]
    {% chart chart open=False show_title=True %}                            Chart, with its legend and its table;
        show_title=False where the heading of the panel says the same
    {% chart_definitions %}                                                 once a page; base.html has it

Filters: percent (:places), points, number (:places), hours, day_text, day_and_year, moment_text, initials,
alert_colour.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BoundField
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from narvaro.ui import charts
from narvaro.ui.charts.chart import exact
from narvaro.ui.charts.split import PART_WORDS, shares_of
from narvaro.ui.fields import shown_field
from narvaro.ui.formats import FILTERS, alert_colour, words
from narvaro.ui.parts import SORT_DOWN, Absence, Column, Figure, Step, headings

register = template.Library()
for _filter in FILTERS:
    register.filter(_filter.__name__, _filter)
Shown = dict[str, Any]
_KEY_WORDS = {str(key): text for key, text in charts.DAY_WORDS.items()}


@register.simple_block_tag
def page_head(content: str, heading: str, **parts: Any) -> SafeString:
    return _block("page_head", content, heading=heading, **parts)


@register.simple_block_tag
def panel(content: str, heading: str = "", level: int = 2, **parts: Any) -> SafeString:
    return _block("panel", content, heading=heading, level=level, **parts)


@register.simple_block_tag
def filter_bar(content: str, action: str, **parts: Any) -> SafeString:
    return _block("filter_bar", content, action=action, **parts)


@register.simple_block_tag
def data_table(
    content: str,
    caption: str,
    columns: Sequence[Column],
    sort: str = "",
    query: QueryDict | None = None,
    **parts: Any,
) -> SafeString:
    keys = [column.key for column in columns if column.key]
    queries = {value: _query(query, sort=value) for key in keys for value in (key, SORT_DOWN + key)}
    return _block("data_table", content, caption=caption, headings=headings(columns, sort, queries), **parts)


@register.simple_block_tag
def how_made(content: str, summary: str = "") -> SafeString:
    return _block("how_made", content, summary=summary)


@register.simple_block_tag
def empty_state(content: str, heading: str, level: int = 2) -> SafeString:
    return _block("empty_state", content, heading=heading, level=level)


@register.simple_block_tag
def alert(content: str, kind: str = "info", heading: str = "", level: int = 2, live: str = "") -> SafeString:
    return _block("alert", content, kind=kind, heading=heading, level=level, live=live)


@register.simple_block_tag
def dialog(content: str, summary: str, **parts: Any) -> SafeString:
    return _block("dialog", content, summary=summary, **parts)


@register.inclusion_tag("ui/_key_figures.html")
def key_figures(figures: Sequence[Figure]) -> Shown:
    return {"figures": figures}


@register.inclusion_tag("ui/_filter_select.html")
def filter_select(name: str, label: str, options: Sequence[tuple[str, str]], value: str = "") -> Shown:
    return {"name": name, "label": label, "options": options, "value": value}


@register.inclusion_tag("ui/_filter_search.html")
def filter_search(name: str, label: str, value: str = "", placeholder: str = "") -> Shown:
    return {"name": name, "label": label, "value": value, "placeholder": placeholder}


@register.inclusion_tag("ui/_pagination.html")
def pagination(page: Page[Any], query: QueryDict | None = None, target: str = "") -> Shown:
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {
        "page": page,
        "links": [(number, _query(query, page=number) if isinstance(number, int) else "") for number in numbers],
        "before": _query(query, page=page.previous_page_number()) if page.has_previous() else "",
        "after": _query(query, page=page.next_page_number()) if page.has_next() else "",
        "target": target,
    }


@register.inclusion_tag("ui/_absence_bar.html")
def absence_bar(absence: Absence, *, show_parts: bool = False) -> Shown:
    say, reported = words(), absence.reported
    minutes = [(name, part) for name, part in shares_of(absence) if name not in ("present", "unknown")]
    parts = [f"{say.share(part, reported)} {say.say(PART_WORDS[name])}" for name, part in minutes]
    strip = charts.absence_bar(
        valid=absence.valid,
        invalid=absence.invalid,
        late=absence.late,
        unknown=absence.unknown,
        offered=absence.offered,
        limits=charts.LIMITS,
    )
    return {
        "rate": Fraction(absence.absent, reported) if reported else None,
        "parts": ", ".join(parts),
        "unknown": f"{say.share(absence.unknown, absence.offered)} {say.say(PART_WORDS['unknown'])}"
        if absence.unknown
        else "",
        "svg": charts.Svg(strip),
        "show_parts": show_parts,
    }


@register.simple_tag
def sparkline(rates: Sequence[charts.Number | None], label: str) -> charts.Svg:
    known = [None if rate is None else float(exact(rate)) for rate in rates]
    return charts.Svg(charts.week_line(known, label=label))


@register.inclusion_tag("ui/_chips.html")
def chips(reasons: Sequence[str]) -> Shown:
    return {"reasons": reasons}


@register.inclusion_tag("ui/_badge.html")
def badge(text: str, kind: str = "") -> Shown:
    return {"text": text, "colour": alert_colour(kind) if kind else ""}


@register.inclusion_tag("ui/_step_badge.html")
def step_badge(step: Step) -> Shown:
    return {"step": step}


@register.inclusion_tag("ui/_step_row.html")
def step_row(steps: Sequence[Step]) -> Shown:
    return {"steps": steps}


@register.inclusion_tag("ui/_button.html")
def button(label: str, url: str = "", variant: str = "primary", **parts: Any) -> Shown:
    return {"type": "submit", **parts, "label": label, "url": url, "variant": variant}


@register.inclusion_tag("ui/_tabs.html")
def tabs(items: Sequence[Any], label: str) -> Shown:
    return {"items": items, "label": label}


@register.inclusion_tag("ui/_field.html")
def field(bound: BoundField) -> Shown:
    return shown_field(bound)


@register.inclusion_tag("ui/_form_fields.html")
def form_fields(form: Any, *, focus: bool = True) -> Shown:
    return {"form": form, "focus": focus}


@register.inclusion_tag("ui/_progress.html")
def progress(done: int, total: int, label: str, poll_every: str = "2s", **parts: Any) -> Shown:
    share = Fraction(min(done, total), total) if total else None
    return {"id": "progress", "done": done, "total": total, "label": label, "every": poll_every, "share": share} | parts


@register.inclusion_tag("ui/_timeline.html")
def timeline(entries: Sequence[Any]) -> Shown:
    return {"entries": entries}


@register.inclusion_tag("ui/_tasks.html")
def tasks(tasks: Sequence[Any]) -> Shown:
    return {"tasks": tasks}


@register.inclusion_tag("ui/_legend.html")
def legend(keys: Sequence[str]) -> Shown:
    return {"keys": [(key, words().say(_KEY_WORDS[key])) for key in keys]}


@register.inclusion_tag("ui/_chart.html")
def chart(chart: charts.Chart, *, open: bool = False, show_title: bool = True) -> Shown:
    return {"chart": chart, "open": open, "show_title": show_title}


@register.simple_tag
def chart_definitions() -> SafeString:
    return mark_safe(charts.DEFINITIONS)  # noqa: S308 - a constant of ours


def _block(name: str, content: str, **context: Any) -> SafeString:
    return render_to_string(f"ui/_{name}.html", {"content": content, **context})


def _query(query: QueryDict | None, **changes: object) -> str:
    """The address of the same page with some parameters changed. A new order begins at the first page."""
    changed = query.copy() if query is not None else QueryDict(mutable=True)
    changed.pop("page", None)
    for key, value in changes.items():
        changed[key] = str(value)
    return f"?{changed.urlencode()}"

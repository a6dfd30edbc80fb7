"""Tags and filters that every template has without loading: bundles, permissions, times, numbers, fields."""

from __future__ import annotations

import json
import logging
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django import template
from django.conf import settings
from django.forms import CheckboxInput, CheckboxSelectMultiple, ModelChoiceField, RadioSelect, Select
from django.utils import formats, timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from anlan.service.incidents.queries.intervals import Intervals, intervals_of
from anlan.service.patrol.models import Colour

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from django.forms import BoundField
    from django.template import Context

    from anlan.engine.dispatch.intervals import Quantile
    from anlan.service.incidents.models import Assignment

register = template.Library()
logger = logging.getLogger(__name__)
BUNDLE = Path(__file__).parent / "static/dist"
EMPTY = "–"
COLOUR_MARKS = {"red": "▲", "orange": "◆", "yellow": "■", "green": "●", "unknown": "?"}


@lru_cache(maxsize=2)
def _read_manifest(path: Path, _changed: float) -> dict[str, Any]:
    return json.loads(path.read_text())


def manifest() -> dict[str, Any]:
    """Return Vite's manifest; empty, with a warning, where the bundle has not been built."""
    path = BUNDLE / "manifest.json"
    if not path.exists():
        logger.warning("no ui bundle at %s; run `anlan check`", path)
        return {}
    return _read_manifest(path, path.stat().st_mtime)


def chunks(entry: str) -> Iterator[dict[str, Any]]:
    """Yield the chunk of an entry and of everything it imports, each once, imports first."""
    known = manifest()
    seen: set[str] = set()

    def walk(name: str) -> Iterator[dict[str, Any]]:
        if name in seen or name not in known:
            return
        seen.add(name)
        for imported in known[name].get("imports", []):
            yield from walk(imported)
        yield known[name]

    return walk(f"src/{entry}.ts")


def bundled(file: str) -> str:
    """Return the address of a file in the bundle."""
    return f"{settings.STATIC_URL}dist/{file}"


@register.simple_tag
def vite_styles(entry: str) -> SafeString:
    """Return the stylesheet links of an entry of `ui/src` and of what it imports."""
    files = [(bundled(css),) for chunk in chunks(entry) for css in chunk.get("css", [])]
    return format_html_join("\n", '<link rel="stylesheet" href="{}">', files)


@register.simple_tag
def vite_scripts(entry: str) -> SafeString:
    """Return the module script of an entry of `ui/src`, with preloads of what it imports."""
    files = [chunk["file"] for chunk in chunks(entry)]
    if not files:
        return SafeString("")
    preloads = format_html_join(
        "\n", '<link rel="modulepreload" href="{}">', [(bundled(f),) for f in files[:-1]]
    )
    return format_html('{}<script type="module" src="{}"></script>', preloads, bundled(files[-1]))


@register.simple_tag(takes_context=True)
def may(context: Context, permission: str, record: Any = None) -> bool:
    """Whether the reader holds the permission, and, if a record is given, in its area."""
    user = getattr(context.get("request"), "user", None)
    return user is not None and user.has_perm(permission, record)


@register.filter
def local(moment: datetime | None, form: str = "Y-m-d H:i") -> str:
    """Return a moment in the county's time zone (a dash for none); `form` as in Django's `date`."""
    if moment is None:
        return EMPTY
    return formats.date_format(timezone.localtime(moment), form)


@register.filter
def number(value: float | str | None, decimals: int = 0) -> str:
    """Return a number with thousands grouped, rounded to fixed decimals, a dash for none."""
    if value is None or isinstance(value, str):  # a template writes "" for what is not there
        return EMPTY
    rounded = round(value, decimals) + 0  # Django would cut the digits off; no minus before a nought
    return formats.number_format(rounded, decimals, use_l10n=True, force_grouping=True)


@register.filter
def percent(share: float | None, decimals: int = 0) -> str:
    """Return a share (0.25) as percent (25 %), a dash for None."""
    return EMPTY if share is None else f"{number(share * 100, decimals)} %"


@register.filter
def duration(seconds: float | None) -> str:
    """Return seconds as minutes and seconds (3:05) or hours (1:02:05), a dash for None."""
    if seconds is None:
        return EMPTY
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


@register.filter
def limits(estimate: Quantile) -> str:
    """Return an interval of durations (0:44 – 2:01); with one limit unknown what the other says (≥ 0:44)."""
    low, high = estimate.low, estimate.high
    if low is None and high is None:
        return EMPTY
    if low is None or high is None:
        return f"≤ {duration(high)}" if low is None else f"≥ {duration(low)}"
    return f"{duration(low)} – {duration(high)}"


@register.filter
def intervals(assignment: Assignment) -> Intervals:
    """Return turnout, travel, time on scene and until clear of an assignment, as far as recorded."""
    return intervals_of(assignment)


@register.simple_tag
def colour_badge(colour: str, count: int | None = None) -> SafeString:
    """Return an alert colour as a badge: colour, mark and word, and how many, so that no one needs colour."""
    known = colour if colour in COLOUR_MARKS else "unknown"
    return format_html(
        '<span class="alert-colour alert-colour-{}"><span aria-hidden="true">{}</span> {}{}</span>',
        known, COLOUR_MARKS[known], Colour(known).label, "" if count is None else f" {count}",
    )  # fmt: skip


@register.inclusion_tag("_field.html")
def field(bound: BoundField, label_class: str = "") -> dict[str, Any]:
    """Render a form field with label, help and errors, tied together for screen readers."""
    widget = bound.field.widget
    group = isinstance(widget, (RadioSelect, CheckboxSelectMultiple))
    single = isinstance(widget, CheckboxInput)
    style = "" if group else "form-check-input" if single else "form-control"
    if isinstance(widget, Select) and not group:
        style = "form-select"
    if isinstance(bound.field, ModelChoiceField) and bound.field.empty_label is not None:
        bound.field.empty_label = EMPTY
    given = widget.attrs.get("class", "")
    classes = f"{given} {style}{' is-invalid' if bound.errors else ''}".strip()
    return {
        "field": bound, "widget": bound.as_widget(attrs={"class": classes}), "group": group, "single": single,
        "label_class": label_class,
    }  # fmt: skip


@register.inclusion_tag("_pager.html", takes_context=True)
def pager(context: Context, page: Any) -> dict[str, Any]:
    """Render links to the pages of a Django `Page`, keeping the other query parameters."""
    query = context["request"].GET.copy()
    query.pop("page", None)
    return {"page": page, "query": f"{query.urlencode()}&" if query else ""}


@register.inclusion_tag("_empty.html")
def empty(title: str, text: str = "", command: str = "", url: str = "", action: str = "") -> dict[str, str]:
    """Render what a list shows when it has nothing: what is missing and what to do about it."""
    return {
        "title": title or _("Nothing here yet"),
        "text": text,
        "command": command,
        "url": url,
        "action": action,
    }

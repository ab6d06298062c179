"""The frame's own tags and filters: names and days in the page's language, icons, addresses, small form parts.

They are built in (settings: TEMPLATES), so a template needs no {% load %} for them. None runs a query, but for the one in
which an English page reads what words of people are called in English.
"""

import re
import uuid
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.http import HttpRequest
from django.template.context import Context
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import gettext_noop, pgettext
from heroicons.templatetags.heroicons import heroicon_mini, heroicon_outline, heroicon_solid

from branches.second_language import HAN, english_of, in_english

register = template.Library()

ICON_STYLES = {"outline": heroicon_outline, "mini": heroicon_mini, "solid": heroicon_solid}
NOTHING = "--"  # no value (ux.md A3, 5)
ADDRESS = re.compile(r"(https?://[\w./?=&%+:~#-]*[\w/])", re.ASCII)
HAN_RUN = re.compile("([\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff][\u3000-\u9fff\uf900-\ufaff\uff00-\uffef]*)")
LANGUAGE_WORDS = {
    "zh-hans": ("中文", "中"),
    "en": ("English", "EN"),
}  # each in its own language, so they are not translated
# Django's Chinese for these is three characters long; ours are two (ux.md L07), and our catalogue is asked first.
WEEKDAYS = (
    gettext_noop("Mon"),
    gettext_noop("Tue"),
    gettext_noop("Wed"),
    gettext_noop("Thu"),
    gettext_noop("Fri"),
    gettext_noop("Sat"),
    gettext_noop("Sun"),
)
FALLBACK = gettext_noop(
    "This field is required."
)  # Django's own word where a form gives none; ours is in the user's voice
# The three lights have shapes of their own, so that they are told apart without colour (ux.md d.2).
LIGHT_SHAPES = {
    "light-ontrack": '<circle class="shape" cx="8" cy="8" r="7"/><path class="stroke" d="M4.7 8.3 7 10.6l4.4-4.9"/>',
    "light-soon": '<path class="shape" d="M8 1.2 15.2 14.4H.8z"/><path class="stroke" d="M8 6.4v3.4l2 1.4"/>',
    "light-overdue": '<path class="shape" d="M5.1 1h5.8L15 5.1v5.8L10.9 15H5.1L1 10.9V5.1z"/>'
    '<path class="stroke" d="M8 4.2v4.6M8 11.3v.6"/>',
    "light-none": '<circle class="shape" cx="8" cy="8" r="6"/>',
}


# --- language -------------------------------------------------------------------------------


@register.filter
def as_written(text: Any) -> SafeString | str:
    """Words that people wrote: never translated, marked as Chinese on an English page (ux.md L06). Where the body has given
    their English, that stands first and the original beneath it."""
    if text in (None, ""):
        return ""
    if not in_english() or not HAN.search(str(text)):
        return conditional_escape(text)
    return original_beneath(english_of(str(text)), str(text))


@register.filter
def briefly(text: Any, length: int = 0) -> SafeString | str:
    """The same where there is room for one language only: the English where it is known, else the original, cut to `length`."""
    words = "" if text is None else str(text)
    english = english_of(words)
    shown = Truncator(english or words).chars(length) if length else english or words
    return conditional_escape(shown) if english else marked(shown)


def original_beneath(english: str, original: str) -> SafeString:
    """English first, the original beneath it."""
    if not english:
        return format_html('<span lang="zh-Hans">{}</span>', original)
    return format_html('<span>{} <span class="original hint" lang="zh-Hans">{}</span></span>', english, original)


def marked(text: str) -> SafeString | str:
    """The text itself, marked as Chinese where it is and the page is not."""
    if in_english() and HAN.search(text):
        return format_html('<span lang="zh-Hans">{}</span>', text)
    return conditional_escape(text)


@register.filter
def is_chinese(text: Any) -> bool:
    """Whether there is Chinese in it: for the `lang` of a block that others wrote."""
    return bool(HAN.search(str(text)))


@register.filter
def quoting(text: Any) -> SafeString | str:
    """A sentence of ours with words of people in it: those alone are marked as Chinese on an English page (ux.md L06)."""
    if not in_english() or isinstance(text, SafeString) or not HAN.search(str(text)):
        return conditional_escape("" if text is None else text)
    parts = HAN_RUN.split(str(text))  # every second one is Chinese
    return format_html_join("", "{}", ((briefly(part) if turn % 2 else part,) for turn, part in enumerate(parts)))


@register.filter
def linked(text: str) -> SafeString:
    """Plain text with its addresses as links. Django's urlize wants a space before an address; Chinese writes none."""
    parts = ADDRESS.split(text)  # every second one is an address
    return format_html_join(
        "",
        "{}",
        ((format_html('<a href="{0}">{0}</a>', part) if turn % 2 else part,) for turn, part in enumerate(parts)),
    )


@register.simple_tag
def named(thing: Any, short: bool = False, both: bool = False) -> SafeString | str:
    """The name of a unit, branch or person in the page's language, else the Chinese one marked as Chinese; with `both` an
    English page shows the original beneath."""
    if thing in (None, ""):
        return NOTHING
    english = getattr(thing, "name_en", "")
    brief = str(getattr(thing, "short_name", "")) if short else ""
    name = brief or getattr(thing, "name", "") or str(thing)
    if not in_english() or not (english or HAN.search(name)):
        return conditional_escape(name)
    if both and HAN.search(name):
        return original_beneath(english or english_of(name), name)
    return conditional_escape(english) if english else briefly(name)


@register.simple_tag
def other_language() -> dict[str, str]:
    """The language the switch offers: its code, its own name long and short, and the tag for `lang`."""
    code = "zh-hans" if in_english() else "en"
    word, short = LANGUAGE_WORDS[code]
    return {"code": code, "word": word, "short": short, "tag": "zh-Hans" if code == "zh-hans" else "en"}


# --- days and numbers -----------------------------------------------------------------------


def _show(value: date | datetime | None, pattern: str) -> SafeString | str:
    if not value:
        return NOTHING
    local = timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value
    return format_html('<span class="atom">{}</span>', format_date(local, pattern))


@register.filter
def day(value: date | None) -> SafeString | str:
    """A day in a table: 2026-05-12; English 12 May 2026 (ux.md L07)."""
    return _show(value, pgettext("day in a table", "j M Y"))


@register.filter
def day_long(value: date | None) -> SafeString | str:
    """A day in a sentence, with its weekday in Chinese; English 12 May 2026."""
    return _show(value, pgettext("day in a sentence", "j F Y"))


@register.filter
def day_official(value: date | None) -> SafeString | str:
    """A day on an official paper, with its year in Chinese; English 12 May 2026."""
    return _show(value, pgettext("day on an official paper", "j F Y"))


@register.filter
def day_short(value: date | None) -> SafeString | str:
    """A day where the year is plain: 5-12; English 12 May."""
    return _show(value, pgettext("day without its year", "j M"))


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """An instant in Shanghai: 5-12 09:00; English 12 May 09:00."""
    return _show(value, pgettext("instant", "j M H:i"))


@register.filter
def moment_in_full(value: datetime | None) -> SafeString | str:
    """An instant with its year, for histories that reach back: 2026-05-12 09:00; English 12 May 2026 09:00."""
    return _show(value, pgettext("instant with its year", "j M Y H:i"))


@register.filter
def days_left(value: date | None, today: date) -> int | None:
    """Whole days from `today` to a due date; negative once it has passed."""
    return (value - today).days if value and today else None


@register.simple_tag
def ratio(part: int, whole: int) -> str:
    """A share as a whole percentage; under five as "3/4", without a base "--" (ux.md d.3)."""
    if not whole:
        return NOTHING
    return f"{part}/{whole}" if whole < 5 else f"{round(100 * part / whole)}%"


# --- addresses, forms, icons ----------------------------------------------------------------


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """The address of this page with some GET parameters changed; None or "" drops one.

    A changed filter begins again at page 1, so `page` stays only when it is what changes.
    """
    request: HttpRequest | None = context.get("request")
    parameters = request.GET.copy() if request else None
    if parameters is None:
        return "?"
    parameters.pop("page", None)
    for name, value in changes.items():
        parameters.pop(name, None)
        values = value if isinstance(value, (list, tuple)) else [value]
        parameters.setlist(name, [str(one) for one in values if one not in (None, "")])
    return "?" + parameters.urlencode()


@register.simple_tag
def op_field() -> SafeString:
    """The operation id of a form: a retry or a double click is the same write (design 8)."""
    return format_html('<input type="hidden" name="op" value="{}">', uuid.uuid4())


@register.simple_tag
def problems(*forms: BaseForm | None) -> list[dict[str, str]]:
    """What is wrong in one or more forms, in order, each with the id of its field ("" for the form as a whole).

    Words that stand beside more than one field, but for their numbers, begin with the field's name: eleven times
    "Enter a number" leads nowhere.
    """
    bound_forms = [form for form in forms if form and form.is_bound]
    often = Counter(_without_numbers(text) for form in bound_forms for bound in form for text in bound.errors)
    named = pgettext("between a label and its value", ": ").join
    found: list[dict[str, str]] = []
    for form in bound_forms:
        found += [{"target": "", "text": str(text)} for text in form.non_field_errors()]
        for bound in form:
            for text in map(str, bound.errors):
                alike = often[_without_numbers(text)] > 1
                found.append({"target": _target(bound), "text": named([str(bound.label), text]) if alike else text})
    return found


def _without_numbers(text: Any) -> str:
    return re.sub(r"\d+", "", str(text))


def _target(bound: BoundField) -> str:
    """The id a summary link jumps to: the field, or the first choice of a group."""
    return bound.id_for_label or (f"{bound.auto_id}_0" if bound.auto_id else "")


@register.filter
def page_links(page: Any) -> Iterable[int | str]:
    """The numbers of a pager: first, last, the ones around this page, and gaps."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)


@register.simple_tag
def icon(name: str, size: int = 20, style: str = "outline") -> SafeString:
    """An icon, hidden from screen readers, since a word always stands beside it; names as in Heroicons, or light-…."""
    return _icon(name + "", int(size), style + "")


@lru_cache(maxsize=256)
def _icon(name: str, size: int, style: str) -> SafeString:
    if name in LIGHT_SHAPES:
        shape = mark_safe(LIGHT_SHAPES[name])
        return format_html(
            '<svg class="icon {}" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">{}</svg>',
            name,
            shape,
        )
    attributes = {"class": "icon", "aria-hidden": "true", "focusable": "false"}
    return mark_safe(" ".join(ICON_STYLES[style](name, size=size, **attributes).split()))

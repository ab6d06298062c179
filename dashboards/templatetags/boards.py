"""Small words of the boards: numbers as the pages write them, and the language of what people wrote."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString, mark_safe

from branches.templatetags.frame import HAN, in_english
from dashboards import sentences
from dashboards.queries import Board

register = template.Library()


@register.filter
def grouped(number: int) -> str:
    """1,234 in both languages (ux L08)."""
    return sentences.grouped(number)


@register.simple_tag
def lang_of(text: str) -> SafeString:
    """The `lang` of an element that can hold text only, such as an option, where Chinese stands on an English page."""
    return mark_safe(' lang="zh-Hans"' if in_english() and HAN.search(text) else "")


@register.simple_tag
def recorded(board: Board) -> SafeString | str:
    """Since when the figures of a closed month stand; nothing for any other board."""
    return sentences.recorded(board)

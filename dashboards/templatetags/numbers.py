"""Numbers as the pages write them."""

from __future__ import annotations

from django import template

from dashboards import sentences

register = template.Library()


@register.filter
def grouped(number: int) -> str:
    """1,234 in both languages (ux L08)."""
    return sentences.grouped(number)

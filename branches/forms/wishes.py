"""Forms of what a body wants, and of feedback."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from branches.forms.fields import LinesField, PlainForm
from branches.models import BodySettings

RANGES = {  # the smallest and the largest number that makes sense; anything else is a slip
    "due_soon_days": (1, 60),
    "due_soon_workdays": (1, 20),
    "supplement_workdays": (1, 30),
    "sign_workdays": (1, 30),
    "review_workdays": (1, 30),
    "at_once_days": (1, 90),
    "escalate_workdays": (0, 30),
    "extensions_most": (0, 9),
    "decide_workdays": (1, 30),
    "instruction_workdays": (1, 60),
    "reminder_hour": (8, 19),
}


class WishesForm(PlainForm):
    """Every wish a body can have, each with what it changes (ux S27); made from the table, so that none is forgotten."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for column in BodySettings._meta.fields:
            if column.name not in ("id", "body", "version"):
                self.fields[column.name] = _field_for(column)


def _field_for(column: Any) -> forms.Field:
    words = {"label": column.verbose_name, "help_text": column.help_text}
    if isinstance(column, ArrayField):
        return LinesField(each=column.base_field.max_length or 60, required=False, **words)
    if isinstance(column, models.BooleanField):
        return forms.BooleanField(required=False, **words)
    if isinstance(column, models.CharField):
        return forms.CharField(required=not column.blank, max_length=column.max_length, **words)
    low, high = RANGES.get(column.name, (0, 365))
    said = _("Enter a number from %(low)d to %(high)d") % {"low": low, "high": high}
    field = forms.IntegerField(error_messages={"required": said, "invalid": said}, **words)
    field.validators += [MinValueValidator(low, said), MaxValueValidator(high, said)]
    field.widget.attrs |= {"inputmode": "numeric", "min": low, "max": high}
    return field


class FeedbackForm(PlainForm):
    """What somebody wants to say."""

    text = forms.CharField(
        label=gettext_lazy("What is it about"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5, "maxlength": 2000}),
    )
    page = forms.CharField(max_length=300, required=False, widget=forms.HiddenInput)

    def clean_page(self) -> str:
        """An address of ours or nothing: whoever answers will follow the link."""
        return own_address(str(self.cleaned_data["page"]))


def own_address(page: str) -> str:
    """The address when it is a path of this site, else nothing."""
    ours = page.startswith("/") and url_has_allowed_host_and_scheme(page, allowed_hosts=None)
    return page[:300] if ours else ""


class AnswerForm(PlainForm):
    """The answer to it."""

    answer = forms.CharField(
        label=gettext_lazy("Answer"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3, "maxlength": 2000})
    )

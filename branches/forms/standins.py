"""Naming somebody who stands in while one is away."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy

from branches.forms.fields import DayField, PersonField, PlainForm
from branches.models import Post, User
from branches.templatetags.frame import briefly, named


class StandInForm(PlainForm):
    """Who, for which posts, from when until when."""

    person = PersonField(label=gettext_lazy("Stand-in"))
    starts_on = DayField(label=gettext_lazy("Away from"))
    last_on = DayField(label=gettext_lazy("Until and including"))
    post = forms.TypedMultipleChoiceField(label=gettext_lazy("Posts"), coerce=int, widget=forms.CheckboxSelectMultiple)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=120, required=False)

    def __init__(self, *args: Any, viewer: User, on: date, posts: Iterable[Post], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        person, chosen = self.fields["person"], self.fields["post"]
        assert isinstance(person, PersonField)
        assert isinstance(chosen, forms.TypedMultipleChoiceField)
        person.seen_by(viewer, on)
        person.widget.attrs |= {"list": "people", "autocomplete": "off"}
        chosen.choices = [(post.pk, _called(post)) for post in posts]
        chosen.initial = [post.pk for post in posts]


def _called(post: Post) -> SafeString:
    """The unit and what the post is called there, in the page's language."""
    english = post.title_en if (get_language() or "").startswith("en") else ""
    return format_html("{} · {}", named(post.unit), english or briefly(post.title or post.get_role_display()))

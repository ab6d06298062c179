"""What people send for a change of term: its name and first day, and who takes over a post."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from branches.forms.fields import DayField, LocalChoiceField, PlainForm
from branches.models import Unit, User
from tasks.forms.posts import SearchedField


class TermForm(PlainForm):
    """A new term of a body."""

    body = LocalChoiceField(queryset=Unit.objects.none(), label=gettext_lazy("Body"))
    name = forms.CharField(
        label=gettext_lazy("Name of the new term"),
        max_length=40,
        help_text=gettext_lazy("As the body counts its terms"),
    )
    starts_on = DayField(
        label=gettext_lazy("First day of the new term"), help_text=gettext_lazy("Today or a later day")
    )

    def __init__(self, *args: Any, bodies: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["body"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = bodies
        found = list(bodies[:2])
        if len(found) == 1:  # one body: nothing to choose
            field.required, field.initial, field.widget = False, found[0].pk, forms.HiddenInput()
            self.only: Unit | None = found[0]
        else:
            self.only = None

    def chosen_body(self) -> Unit:
        """The body that was chosen, or the only one."""
        body: Unit | None = self.cleaned_data["body"] or self.only
        assert body is not None
        return body


class SuccessorsForm:
    """One line for each post: empty stays, a name takes over, a tick ends."""

    def __init__(self, data: Any, posts: list[Any], viewer: User, on: date) -> None:
        self.problems: list[dict[str, str]] = []
        self.answers: dict[str, int | None] = {}
        self.typed: dict[int, str] = {}
        field = SearchedField(required=False)
        field.seen_by(viewer, on)
        for post in posts:
            text = str(data.get(f"post-{post.pk}", "")).replace("\x00", "").strip()
            self.typed[post.pk] = text[:140]
            if text:
                self._named(field, post, text)
            elif data.get(f"end-{post.pk}"):
                self.answers[str(post.pk)] = None

    def _named(self, field: SearchedField, post: Any, text: str) -> None:
        try:
            person = field.clean(text)
        except forms.ValidationError as error:
            self._wrong(post, " ".join(error.messages))
            return
        if person is None or person.pk == post.user_id:
            return
        if not person.is_active:
            self._wrong(post, _("This account is closed"))
            return
        self.answers[str(post.pk)] = person.pk

    def _wrong(self, post: Any, words: str) -> None:
        text = _("%(name)s, %(post)s: %(words)s") % {"name": post.user.name, "post": post, "words": words}
        self.problems.append({"target": f"post-{post.pk}", "text": text})

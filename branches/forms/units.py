"""Forms of the tree."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.validators import validate_slug
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from branches.actions import UnitWords
from branches.forms.fields import DayField, LocalChoiceField, PlainForm, UnitField
from branches.models import Post, Unit, UnitKind, User
from branches.queries.units import units_to_choose
from branches.rules import is_system_admin, keeper


class WordsForm(PlainForm):
    """What a unit is called."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    short_name = forms.CharField(
        label=gettext_lazy("Short name"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("Shown where room is short"),
    )
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=160, required=False)
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=64,
        required=False,
        help_text=gettext_lazy("Letters, digits and hyphens; made from the name when left empty"),
    )

    def clean_code(self) -> str:
        """Codes go into addresses and files."""
        code = str(self.cleaned_data["code"])
        if code:
            try:
                validate_slug(code)
            except forms.ValidationError as error:
                raise forms.ValidationError(_("Use letters, digits and hyphens")) from error
        return code

    def words(self) -> UnitWords:
        """The words as the action takes them."""
        data = self.cleaned_data
        return UnitWords(data["name"], data["short_name"], data["name_en"], data["code"])


class RenameForm(WordsForm):
    """The words of a unit that exists; its code is known to others, so it cannot be left empty."""

    effective_on = DayField(
        label=gettext_lazy("Takes effect on"), help_text=gettext_lazy("Today or a later day"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].required = True
        self.fields["code"].help_text = _("Letters, digits and hyphens")


class NewUnitForm(WordsForm):
    """A new unit at its place in the tree."""

    parent = UnitField(label=gettext_lazy("Belongs to"), required=False, empty_label=gettext_lazy("None: a new root"))
    kind = LocalChoiceField(
        label=gettext_lazy("Kind"), queryset=UnitKind.objects.none(), empty_label=gettext_lazy("Choose")
    )
    after = UnitField(
        label=gettext_lazy("Stands after"),
        required=False,
        empty_label=gettext_lazy("Last"),
        help_text=gettext_lazy("Establishment order among the units beside it"),
    )
    starts_on = DayField(label=gettext_lazy("First day"))

    folded = ("short_name", "name_en", "code", "after")
    field_order = ("parent", "kind", "name", "short_name", "name_en", "code", "after", "starts_on")

    def __init__(self, *args: Any, user: User, posts: list[Post], on: date, parent: Unit | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = units_to_choose(user, on).select_related("kind")
        system = is_system_admin(posts)
        if not system:
            choices = choices.filter(
                body_id__in=[post.unit.body_id for post in posts if keeper([post], post.unit.body_id)]
            )
        _field(self, "parent").queryset = choices
        self.fields["parent"].required = not system
        if not system:
            _field(self, "parent").empty_label = _("Choose")
        _field(self, "kind").queryset = UnitKind.objects.exclude(code="branch")
        beside = Unit.objects.none()
        if parent:
            beside = choices.filter(path__startswith=parent.path, depth=parent.depth + 1)
        elif system:
            beside = choices.filter(depth=1)
        _field(self, "after").queryset = choices if self.is_bound else beside
        if not parent and not system:
            del self.fields["after"]


def _field(form: forms.Form, name: str) -> forms.ModelChoiceField:
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    return field


class EndForm(PlainForm):
    """The day from which something no longer holds, and why."""

    ends_on = DayField(
        label=gettext_lazy("Ends on"),
        help_text=gettext_lazy("The first day on which it no longer holds; may lie ahead"),
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300, required=False)


class AliasForm(PlainForm):
    """Another name under which lists call a unit."""

    alias = forms.CharField(label=gettext_lazy("Another name used in lists"), max_length=120)

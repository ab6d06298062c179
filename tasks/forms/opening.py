"""What the guided opening asks: the body with its term, and the workbook."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.validators import validate_slug
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from branches import tree_files
from branches.actions import UnitWords
from branches.forms.fields import DayField, PlainForm, UnitField
from branches.models import Unit


class BodyForm(PlainForm):
    """A CPPCC body and the term that goes on."""

    name = forms.CharField(
        label=gettext_lazy("Name of the body"),
        max_length=120,
        help_text=gettext_lazy("As on its seal, without “committee of”"),
    )
    short_name = forms.CharField(label=gettext_lazy("Short name"), max_length=60, required=False)
    code = forms.CharField(
        label=gettext_lazy("Code"), max_length=64, required=False,
        help_text=gettext_lazy("The division code, such as 330700; made from the name when left empty"),
    )  # fmt: skip
    above = UnitField(label=gettext_lazy("Body above"), required=False, empty_label=gettext_lazy("None on this site"))
    term = forms.CharField(
        label=gettext_lazy("Current term"),
        max_length=40,
        help_text=gettext_lazy("Such as the eighth"),
    )
    term_from = DayField(label=gettext_lazy("First day of the term"))
    field_order = ("name", "code", "term", "term_from", "short_name", "above")
    folded = ("short_name", "above")

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        above = self.fields["above"]
        assert isinstance(above, forms.ModelChoiceField)
        above.queryset = Unit.objects.active(on).filter(kind__is_body=True)

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
        """The body's words as the action takes them."""
        data = self.cleaned_data
        return UnitWords(data["name"], data["short_name"], "", data["code"])


class TreeForm(PlainForm):
    """Which real structure to start from."""

    tree = forms.ChoiceField(label=gettext_lazy("Structure"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tree = self.fields["tree"]
        assert isinstance(tree, forms.ChoiceField)
        tree.choices = [(name, tree_files.read(name).title) for name in tree_files.names()]


class WorkbookForm(PlainForm):
    """The workbook and the body that it is about."""

    body = UnitField(label=gettext_lazy("Body"), empty_label=gettext_lazy("Choose"))
    file = forms.FileField(
        label=gettext_lazy("Workbook"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
        error_messages={"empty": gettext_lazy("The file is empty"), "required": gettext_lazy("Choose a file")},
    )

    def __init__(self, *args: Any, bodies: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        body = self.fields["body"]
        assert isinstance(body, forms.ModelChoiceField)
        body.queryset = bodies
        self.fields["file"].error_messages["required"] = _("Choose a file")

"""Several files at once, and what a person ticked and chose on the page of differences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MOST_FILES = 40


class ManyFiles(forms.FileInput):
    """A field of files that takes several."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[UploadedFile]:
        """All files under the name, not the last of them."""
        return files.getlist(name) if hasattr(files, "getlist") else []


class FilesField(forms.FileField):
    """All files that were chosen; each is looked at by itself, so that a broken one does not stop the others."""

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        """The files, at least one and not more than can be read while somebody waits."""
        files = [file for file in data or [] if file]
        if not files:
            raise forms.ValidationError(_("Choose the files that came back"))
        if len(files) > MOST_FILES:
            words = _("%(max)d files at a time; these are %(n)d. Upload the rest afterwards")
            raise forms.ValidationError(words % {"max": MOST_FILES, "n": len(files)})
        return files


class ReturnsForm(forms.Form):
    """The upload."""

    returned = FilesField(
        label=gettext_lazy("Files that came back"),
        help_text=gettext_lazy(".xlsx, .docx or .csv, up to 5 MB each, 40 at a time. Choose all of them at once"),
        widget=ManyFiles(attrs={"accept": ".xlsx,.docx,.csv", "multiple": True}),
    )


def choices(
    data: Mapping[str, str], files: int, units: Iterable[int], tasks: Iterable[int]
) -> dict[str, dict[str, str]]:
    """What was chosen: the unit of a file, the task of a row ("none": leave it out). Anything that was not offered is left."""
    known_units, known_tasks = {str(unit) for unit in units}, {str(task) for task in tasks} | {"none"}
    found: dict[str, dict[str, str]] = {"units": {}, "tasks": {}}
    for name, value in data.items():
        kind, _dash, key = name.partition("-")
        if kind == "unit" and value in known_units and key.isdecimal() and len(key) < 4 and int(key) < files:
            found["units"][key] = value
        if kind == "task" and value in known_tasks and len(key) < 24:
            found["tasks"][key] = value
    return found

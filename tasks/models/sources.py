"""What a draft was read from, and what was learnt of the columns of an office's papers."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from branches.models import Unit
from tasks.models.lists import PaperDraft


class PaperSource(models.Model):
    """The paper behind a draft: as it came while it waits to be read, afterwards its cells, so that other columns can be
    matched. The row is the promise that it will be read; a message to the worker only wakes somebody (design 8)."""

    class Kind(models.TextChoices):
        FILE = "file", "file"
        PASTE = "paste", "paste"
        GRID = "grid", "grid"

    draft = models.OneToOneField(PaperDraft, on_delete=models.CASCADE, related_name="read_from")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    name = models.CharField(max_length=160, blank=True)
    data = models.BinaryField()
    digest = models.CharField(max_length=64, db_index=True)  # the same bytes again are the same draft
    about = models.PositiveIntegerField(default=0)  # rows, as counted before reading
    done = models.PositiveIntegerField(default=0)
    asked_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=400, blank=True)

    class Meta:
        indexes = [models.Index(fields=["asked_at"], condition=Q(read_at=None), name="source_to_be_read")]  # the sweep

    def __str__(self) -> str:
        return self.name or str(self.pk)


class ColumnName(models.Model):
    """What the column under a heading is for one body, as somebody matched it by hand; empty: it is left out."""

    body = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    heading = models.CharField(max_length=120)  # as headings are compared
    column = models.CharField(max_length=24, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["body", "heading"], name="column_name_once")]

    def __str__(self) -> str:
        return f"{self.heading}: {self.column}"

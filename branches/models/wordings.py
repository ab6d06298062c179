"""What the words that people write are called in English: headings, posts, reasons, evidence, whatever has no field for it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from branches.models.units import Unit


class Wording(models.Model):
    """Words of a body with their English. What stands in the lists stays as it was written; English pages show this first."""

    body = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="wordings")
    words = models.CharField(_("Words"), max_length=300)
    words_en = models.CharField(_("Words in English"), max_length=600)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["body", "words"], name="wording_once_in_a_body"),
            models.CheckConstraint(
                name="wording_says_something", condition=~models.Q(words="") & ~models.Q(words_en="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.words} = {self.words_en}"

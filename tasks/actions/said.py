"""What the writes of follow-up share: words that may be stored, and a line in the history of what they are about."""

from __future__ import annotations

from django.utils.translation import gettext as _

from branches.markings import secret_marking
from branches.writing import Invalid

LIMIT = 500  # characters: the words stand whole in the history


def clean(name: str, text: str, *, needed: str = "") -> str:
    """The words without blanks around them. Raises Invalid where they are missing, too long, or carry a secrecy marking."""
    words = text.strip()
    if needed and not words:
        raise Invalid(needed, **{name: needed})
    if secret_marking(words):
        problem = _("The text carries a secrecy marking. It was not saved: nothing secret may be entered here")
        raise Invalid(problem, **{name: problem})
    if len(words) > LIMIT:
        problem = _("At most %(max)d characters; it has %(n)d") % {"max": LIMIT, "n": len(words)}
        raise Invalid(problem, **{name: problem})
    return words

"""Words for what is done to a whole list, beside those for its assignments (tasks.queries.history)."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

LIST_TITLES: Mapping[str, Promise] = {
    "drafted": gettext_lazy("Drafted"),
    "saved": gettext_lazy("Draft changed"),
    "published": gettext_lazy("Published"),
    "sent_for_approval": gettext_lazy("Sent for approval"),
    "agreed": gettext_lazy("Approved by a leader"),
    "sent_back": gettext_lazy("Sent back by a leader"),
    "question_taken_back": gettext_lazy("Question to a leader taken back"),
    "new_edition": gettext_lazy("New version issued"),
    "closed": pgettext_lazy("move", "List put away"),
    "add_file": gettext_lazy("File added to the task"),
    "remove_file": gettext_lazy("File removed from the task"),
    "ask_figures": gettext_lazy("Figures asked of the task"),
    "linked": gettext_lazy("Duty linked to a task"),
    "unlinked": gettext_lazy("Duty no longer linked to a task"),
}

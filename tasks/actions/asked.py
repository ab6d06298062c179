"""Figures that a task asks for beside words ("场次", "人次"): at most three, optional, summed by task (design 4)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from branches.clock import day_of
from branches.markings import secret_marking
from branches.models import User
from branches.writing import Invalid, once
from tasks import rules
from tasks.actions import history
from tasks.models import Task

MOST = 3
LONGEST = 20  # characters of a name


def ask_figures(task: Task, names: Sequence[str], *, by: User, op: uuid.UUID, now: datetime) -> None:
    """Name the figures that reports of this task may give; none takes the question back, what was reported stays.

    Tasks that other bodies made of it and that ask for nothing of their own ask the same. Raises Invalid for too many, too
    long or repeated names, PermissionDenied for anybody but the issuer's desk.
    """
    wanted = [name.strip() for name in names if name.strip()]

    def write() -> dict[str, Any]:
        verdict = rules.may_issue(rules.Actor.of(by, day_of(now)), task.list.issuer)
        if not verdict:
            raise PermissionDenied("ask_figures")
        _check(wanted)
        before = list(Task.objects.select_for_update(of=("self",)).get(pk=task.pk).figures)
        Task.objects.filter(pk=task.pk).update(figures=wanted)
        Task.objects.filter(source_task=task, figures__in=[[], before]).update(figures=wanted)
        changes = {"figures": [before, wanted]}
        history.write(
            [history.line("ask_figures", task=task, by=by, post=verdict.post, now=now, op=op, changes=changes)]
        )
        return {}

    once(op, "ask_figures", write, by=by, now=now, content=[task.pk, wanted])
    task.refresh_from_db(fields=["figures"])


def _check(names: Sequence[str]) -> None:
    words = ""
    if len(names) > MOST:
        words = _("At most %(n)d figures are asked for") % {"n": MOST}
    elif any(len(name) > LONGEST for name in names):
        words = _("The name of a figure has %(n)d characters or fewer") % {"n": LONGEST}
    elif len(set(names)) < len(names):
        words = _("Two figures have the same name")
    elif any(secret_marking(name) for name in names):
        words = _("The text carries a secrecy marking. It was not saved: nothing secret may be entered here")
    if words:
        raise Invalid(words, names=words)

"""A question to a leader is taken back by the desk that asked it, as long as he has not answered (design 4)."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.utils.translation import gettext as _

from branches.clock import day_of
from branches.models import User
from branches.writing import NotPossible, once
from tasks import rules
from tasks.actions import history
from tasks.models import Approval, PaperDraft, TaskList
from tasks.states import ListStage


def take_question_back(approval: Approval, *, by: User, op: uuid.UUID, now: datetime) -> TaskList:
    """The list, or its new version, is a draft again. Raises PermissionDenied without the issuer's desk, NotPossible when the
    leader was faster."""

    def write() -> dict[str, Any]:
        verdict = rules.may_issue(rules.Actor.of(by, day_of(now)), approval.list.issuer)
        if not verdict:
            raise PermissionDenied("take_question_back")
        still = Approval.objects.filter(pk=approval.pk, decision=Approval.Decision.ASKED)
        if not still.update(decision=Approval.Decision.WITHDRAWN, decided_on=day_of(now)):
            raise NotPossible(_("This has been decided already"))
        waiting = TaskList.objects.filter(pk=approval.list_id, stage=ListStage.IN_APPROVAL)
        if approval.list.kind == TaskList.Kind.RESPONSIBILITY:
            waiting.update(stage=ListStage.DRAFT, edition=F("edition") + 1, version=F("version") + 1)
        elif waiting.update(stage=ListStage.DRAFT, document_number="", version=F("version") + 1):
            # what is sent again is a new question: the paper lies on its maker's table, the number is free (I-12)
            PaperDraft.objects.filter(published=approval.list_id).update(published=None)
        told = {"edition": approval.edition}
        line = history.line(
            "question_taken_back", task_list=approval.list, by=by, post=verdict.post, now=now, op=op, changes=told
        )
        history.write([line])
        return {"list": approval.list_id}

    result = once(op, "take_question_back", write, by=by, now=now, content=approval.pk)
    return TaskList.objects.get(pk=result["list"])

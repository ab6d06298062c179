"""Templates of a body: a list is kept as one, renamed, replaced by another keeping, and retired. Every desk of the body may."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from branches.clock import day_of
from branches.models import Line, Unit, User
from branches.writing import Conflict, Invalid, once
from tasks import rules
from tasks.models import ListTemplate


def keep_template(
    issuer: Unit,
    name: str,
    rows: Sequence[dict[str, Any]],
    line: str,
    *,
    by: User,
    op: uuid.UUID,
    now: datetime,
    replace: bool = False,
) -> ListTemplate:
    """Keep rows as a template of the issuer's body. A name that is taken is replaced only when that was asked for."""

    def write() -> dict[str, Any]:
        if issuer.body is None or not rules.may_issue(rules.Actor.of(by, day_of(now)), issuer):
            raise PermissionDenied("keep_template")
        called = _name(name)
        if not rows:
            raise Invalid(_("A template needs at least one row"), name=_("A template needs at least one row"))
        values = {"rows": list(rows), "line": line if line in Line.values else Line.JOINT, "kept_by": by}
        same = ListTemplate.objects.in_use().filter(body=issuer.body, name=called)
        if same.exists():
            if not replace:
                words = _("There is a template of this name. Tick “Replace it”, or choose another name")
                raise Invalid(words, name=words)
            same.update(**values, changed_at=now, version=F("version") + 1)
            return {"template": same.get().pk}
        made = ListTemplate.objects.create(body=issuer.body, name=called, created_at=now, changed_at=now, **values)
        return {"template": made.pk}

    result = once(op, "keep_template", write, by=by, now=now, content=[issuer.pk, name, list(rows), line, replace])
    return ListTemplate.objects.get(pk=result["template"])


def rename_template(template: ListTemplate, name: str, *, version: int, by: User, op: uuid.UUID, now: datetime) -> None:
    """Call it something else. Raises Conflict when somebody changed it meanwhile, Invalid where the name is taken."""

    def write() -> dict[str, Any]:
        _asked(template, by, now)
        _change(template, version, now, name=_name(name))
        return {"template": template.pk}

    once(op, "rename_template", write, by=by, now=now, content=[template.pk, name, version])


def retire_template(template: ListTemplate, *, version: int, by: User, op: uuid.UUID, now: datetime) -> None:
    """Offer it no more; lists that began from it stay as they are."""

    def write() -> dict[str, Any]:
        _asked(template, by, now)
        _change(template, version, now, retired_on=day_of(now))
        return {"template": template.pk}

    once(op, "retire_template", write, by=by, now=now, content=[template.pk, version])


def _asked(template: ListTemplate, by: User, now: datetime) -> None:
    if not ListTemplate.objects.visible_to(by, day_of(now)).filter(pk=template.pk).exists():
        raise PermissionDenied("template")


def _change(template: ListTemplate, version: int, now: datetime, **values: Any) -> None:
    still = ListTemplate.objects.in_use().filter(pk=template.pk, version=version)
    try:
        with transaction.atomic():
            changed = still.update(**values, changed_at=now, version=F("version") + 1)
    except IntegrityError as error:
        raise Invalid(_("There is a template of this name"), name=_("There is a template of this name")) from error
    if not changed:
        raise Conflict(_("Somebody changed this template while it was open here"))


def _name(name: str) -> str:
    called = name.replace("\x00", "").strip()
    if not called:
        raise Invalid(_("Enter a name for the template"), name=_("Enter a name for the template"))
    if len(called) > 60:
        raise Invalid(_("The name has at most 60 characters"), name=_("The name has at most 60 characters"))
    return called

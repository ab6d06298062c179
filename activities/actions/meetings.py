"""A meeting is recorded, announced, changed or struck out; one record also answers the assignments it serves (issue 4).

Recorded by the branch's head or secretary, or a desk above it in the body; made on somebody's behalf, both names are kept.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.dateformat import format as date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from activities import rules
from activities.actions.served import serve
from activities.kinds import Came, Kind, MeetingState
from activities.models import Attendance, Meeting, MeetingEvent, MeetingFile, Participation
from activities.rolls import life_of, roll_of
from branches.clock import day_of
from branches.markings import secret_marking
from branches.models import Branch, BranchState, Platform, Post, User
from branches.writing import Conflict, Invalid, NotPossible, once
from tasks.models import Assignment, StoredFile
from tasks.rules import Actor

WRITTEN = ("kind", "duty", "held_on", "place", "platform_id", "line", "topic", "decisions", "guests")


@dataclass(frozen=True)
class Roll:
    """How one person stood to the meeting."""

    user: int
    came: str
    note: str = ""


@dataclass(frozen=True)
class MeetingWords:
    """What a record says. `roll` may name only people of that day; `joint` are the other branches that took part."""

    kind: str
    held_on: date
    line: str
    duty: str = ""
    place: str = ""
    platform_id: int | None = None
    topic: str = ""
    decisions: str = ""
    guests: str = ""
    joint: tuple[int, ...] = ()
    roll: tuple[Roll, ...] = ()


def record_meeting(
    branch: Branch,
    words: MeetingWords,
    *,
    meeting: Meeting | None = None,
    version: int | None = None,
    files: Sequence[StoredFile] = (),
    answers: Sequence[Assignment] = (),
    late_reason: str = "",
    on_behalf_of: User | None = None,
    by: User,
    op: uuid.UUID,
    now: datetime,
) -> Meeting:
    """Write a record down, or with `meeting` change it. A day that lies ahead announces the meeting instead.

    `answers`: open assignments of the branch that this record reports on, in the same transaction. Raises Invalid with words
    for each field, NotPossible with `meeting` where the same was recorded before, Conflict with `row` for a second editor.
    """
    content = [branch.pk, asdict(words), meeting.pk if meeting else None, version, sorted(file.pk for file in files)]
    content += [sorted(row.pk for row in answers), late_reason, on_behalf_of.pk if on_behalf_of else None]

    def write() -> dict[str, Any]:
        held = Branch.objects.select_for_update(of=("self",)).select_related("unit", "type").get(pk=branch.pk)
        post = _recorder(held, by, now)
        _check(held, words, on_behalf_of, now, meeting)
        _check_files(files, by, now)
        row = _same(held, words, meeting, now) if meeting is None else _seen(meeting, held, version)
        fresh = row is None
        row = row or Meeting(branch=held, version=0, state=MeetingState.PLANNED)
        before = {} if fresh else _stands(row)
        _fill(row, words, files, on_behalf_of, by, now)
        verb = _verb(fresh, before, row)
        MeetingEvent.objects.create(
            meeting=row,
            verb=verb,
            at=now,
            by=by,
            on_behalf_of=on_behalf_of,
            post=post,
            changes=_changes(before, _stands(row)) if verb == "changed" else {},
            operation=op,
        )
        if answers and row.state == MeetingState.HELD:
            serve(row, answers, files=files, late_reason=late_reason, on_behalf_of=on_behalf_of, by=by, op=op, now=now)
        return {"meeting": row.pk}

    done = once(op, "record_meeting", write, by=by, now=now, content=content)
    return Meeting.objects.select_related("branch__unit").get(pk=done["meeting"])


def _recorder(branch: Branch, by: User, now: datetime) -> Post | None:
    """The post under which `by` records for this branch today, or a refusal that says who may."""
    hat = rules.recorder(Actor.of(by, day_of(now)), branch.unit.path, branch.unit.body_id)
    if hat is None:
        raise PermissionDenied(_("Meetings are recorded by the head or secretary of the branch"))
    return hat.post


def _check(
    branch: Branch, words: MeetingWords, on_behalf_of: User | None, now: datetime, meeting: Meeting | None
) -> None:
    problems = _day_problems(branch, words.held_on, now, meeting)
    for name in ("place", "topic", "decisions", "guests"):
        if secret_marking(getattr(words, name)):
            problems[name] = _(
                "The text carries a secrecy marking. It was not saved: nothing secret may be entered here"
            )
    if words.kind == Kind.DUTY and not words.duty:
        problems["duty"] = _("Choose the sort of activity")
    if words.platform_id and not Platform.objects.filter(pk=words.platform_id, body=branch.unit.body_id).exists():
        problems["platform"] = _("Choose a platform of this body")
    if joint := _joint_problem(branch, words):
        problems["joint"] = joint
    if on_behalf_of is not None and not _is_ours(branch, on_behalf_of, words.held_on):
        problems["on_behalf_of"] = _("Choose a member of the branch")
    if problems:
        raise Invalid(next(iter(problems.values())), **problems)


def _day_problems(branch: Branch, day: date, now: datetime, meeting: Meeting | None) -> dict[str, str]:
    """No meeting lies outside the life of its branch (I-9), none that was held in the future."""
    life = life_of(branch)
    if day < life.first:
        return {"held_on": _("The branch began on %(day)s") % {"day": day_words(life.first)}}
    if day >= life.bound:
        return {"held_on": _("The branch ends on %(day)s; no meeting lies after that") % {"day": day_words(life.bound)}}
    if meeting is not None and meeting.state == MeetingState.HELD and day > day_of(now):
        return {"held_on": _("A meeting that was held lies not in the future")}
    if meeting is None and branch.state != BranchState.ACTIVE:
        return {"held_on": _("Only an active branch records meetings")}
    return {}


def _joint_problem(branch: Branch, words: MeetingWords) -> str:
    """Only other branches of the same body that existed on the day take part: command and sight stop at its boundary."""
    others = list(Branch.objects.filter(pk__in=words.joint).select_related("unit"))
    if len(others) != len(set(words.joint)) or any(
        other.pk == branch.pk or other.unit.body_id != branch.unit.body_id for other in others
    ):
        return _("Choose other branches of this body")
    for other in others:
        life = life_of(other)
        if not life.first <= words.held_on < life.bound:
            return _("%(branch)s did not exist on that day") % {"branch": other.unit.called}
    return ""


def _check_files(files: Sequence[StoredFile], by: User, now: datetime) -> None:
    wanted = {file.pk for file in files}
    if wanted and StoredFile.objects.visible_to(by, day_of(now)).filter(pk__in=wanted).count() != len(wanted):
        words = _("A chosen file is not there any more. Choose it again")
        raise Invalid(words, files=words)


def _is_ours(branch: Branch, person: User, day: date) -> bool:
    return any(one.user.pk == person.pk for one in roll_of(branch, day))


def _same(branch: Branch, words: MeetingWords, meeting: Meeting | None, now: datetime) -> Meeting | None:
    """The announced meeting that this record fulfils; a refusal where the same was held already. The branch is locked."""
    rows = Meeting.objects.select_for_update().filter(
        branch=branch, kind=words.kind, duty=words.duty, held_on=words.held_on, platform=words.platform_id
    )
    found = rows.exclude(state=MeetingState.STRUCK).exclude(pk=meeting.pk if meeting else 0).first()
    if found is None or (meeting is None and found.state == MeetingState.PLANNED and words.held_on <= day_of(now)):
        return found
    raise NotPossible(_("This is recorded already for that day. The record is shown instead"), meeting=found.pk)


def _seen(meeting: Meeting, branch: Branch, version: int | None) -> Meeting:
    """The record under a lock, as this person read it."""
    row = Meeting.objects.select_for_update().get(pk=meeting.pk)
    if row.branch_id != branch.pk or row.state == MeetingState.STRUCK:
        raise NotPossible(_("This record was struck out"))
    if row.version != version:
        raise Conflict(_("Somebody else changed this in the meantime. Compare both and choose."), row=row)
    return row


def _fill(
    row: Meeting,
    words: MeetingWords,
    files: Sequence[StoredFile],
    on_behalf_of: User | None,
    by: User,
    now: datetime,
) -> None:
    today = day_of(now)
    if row.pk and any(
        getattr(row, name) != getattr(words, name) for name in ("kind", "duty", "held_on", "platform_id")
    ):
        _same(row.branch, words, row, now)
    for name in WRITTEN:
        setattr(row, name, getattr(words, name))
    row.state = MeetingState.HELD if words.held_on <= today else MeetingState.PLANNED
    if not row.pk or row.by_id is None:
        row.by, row.on_behalf_of = by, on_behalf_of
    row.recorded_at, row.recorded_on, row.version = now, today, row.version + 1
    row.save()
    row.participations.exclude(branch__in=words.joint).delete()
    Participation.objects.bulk_create(
        [Participation(meeting=row, branch_id=key) for key in dict.fromkeys(words.joint)], ignore_conflicts=True
    )
    _call_the_roll(row, words)
    known = set(row.papers.values_list("file_id", flat=True))
    MeetingFile.objects.bulk_create([MeetingFile(meeting=row, file=file) for file in files if file.pk not in known])


def _call_the_roll(row: Meeting, words: MeetingWords) -> None:
    """Write down who came; an announced meeting has no roll yet. People of another day are left out."""
    row.attendance.all().delete()
    if row.state != MeetingState.HELD:
        return
    there = {one.user.pk: one.capacity for one in roll_of(row.branch, row.held_on)}
    Attendance.objects.bulk_create(
        Attendance(
            meeting=row,
            user_id=one.user,
            came=one.came,
            capacity=there[one.user],
            note=one.note[:60] if one.came == Came.LEAVE and not secret_marking(one.note) else "",
        )
        for one in {one.user: one for one in words.roll}.values()
        if one.user in there and one.came in Came.values
    )


def _stands(row: Meeting) -> dict[str, Any]:
    """A record as its history compares it."""
    stands: dict[str, Any] = {name: getattr(row, name) for name in WRITTEN}
    stands["held_on"] = row.held_on.isoformat() if row.held_on else ""
    stands["joint"] = sorted(row.participations.values_list("branch__unit__name", flat=True))
    stands["roll"] = {
        name: [came, note] for name, came, note in row.attendance.values_list("user__name", "came", "note")
    }
    stands["files"] = sorted(row.papers.values_list("file__name", flat=True))
    return stands


def _changes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Each entry that differs as [before, after]; of the roll only those whose entry changed."""
    found = {name: [before[name], after[name]] for name in after if name != "roll" and before[name] != after[name]}
    old, new = before["roll"], after["roll"]
    people = sorted(name for name in {*old, *new} if old.get(name) != new.get(name))
    if people:
        found["roll"] = [{name: old.get(name) for name in people}, {name: new.get(name) for name in people}]
    return found


def _verb(fresh: bool, before: dict[str, Any], row: Meeting) -> str:
    if row.state == MeetingState.PLANNED:
        return "announced" if fresh else "changed"
    return "recorded" if fresh or not row.events.filter(verb="recorded").exists() else "changed"


def strike_meeting(meeting: Meeting, reason: str, *, version: int, by: User, op: uuid.UUID, now: datetime) -> None:
    """Take a record out with a reason; it stays readable and counts no more. Reports made from it stay as they are."""
    reason = reason.strip()

    def write() -> dict[str, Any]:
        branch = Branch.objects.select_for_update(of=("self",)).select_related("unit").get(pk=meeting.branch_id)
        post = _recorder(branch, by, now)
        row = _seen(meeting, branch, version)
        if not reason:
            raise Invalid(_("Say why"), reason=_("Say why"))
        if secret_marking(reason):
            words = _("The text carries a secrecy marking. It was not saved: nothing secret may be entered here")
            raise Invalid(words, reason=words)
        row.state, row.struck_reason, row.version = MeetingState.STRUCK, reason[:300], row.version + 1
        row.save(update_fields=["state", "struck_reason", "version"])
        MeetingEvent.objects.create(
            meeting=row, verb="struck", at=now, by=by, post=post, reason=reason[:300], operation=op
        )
        return {"meeting": row.pk}

    once(op, "strike_meeting", write, by=by, now=now, content=[meeting.pk, reason, version])


def note_tasks(meeting: Meeting, draft: int, lines: Sequence[str], *, by: User, op: uuid.UUID, now: datetime) -> None:
    """Remember in the history that these decisions were put on the table as tasks."""

    def write() -> dict[str, Any]:
        hat = rules.recorder(Actor.of(by, day_of(now)), meeting.branch.unit.path, meeting.branch.unit.body_id)
        MeetingEvent.objects.create(
            meeting=meeting,
            verb="tasked",
            at=now,
            by=by,
            post=hat.post if hat else None,
            changes={"decisions": [None, list(lines)], "draft": [None, draft]},
            operation=op,
        )
        return {"draft": draft}

    once(uuid.uuid5(op, "note"), "note_tasks", write, by=by, now=now, content=[meeting.pk, draft, list(lines)])


def day_words(day: date) -> str:
    """A day inside a sentence, as tables show it."""
    return date_format(day, pgettext("day in a table", "j M Y"))

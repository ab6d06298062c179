"""Lines of history in words: what was done, by whom, and what stood there before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.dateformat import format as date_format
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from branches.models import BodySettings, Change, Gap, Membership, PlannedChange, Platform, Standing, Unit, User
from branches.outside import doors
from branches.roles import Role
from branches.templatetags.frame import briefly, marked, named

SHOWN = 30  # lines on a page; the audit page of a later issue shows the rest

VERBS: dict[str, Promise] = {
    "unit-added": _("Unit added"),
    "unit-renamed": _("Renamed"),
    "unit-ended": _("Unit ended"),
    "unit-moved": _("Unit moved"),
    "unit-merged": _("Unit merged into another"),
    "move-undone": _("Move undone"),
    "change-planned": _("Change planned"),
    "change-withdrawn": _("Planned change withdrawn"),
    "change-objected": _("Planned change objected to"),
    "alias-added": _("Alias added"),
    "alias-removed": _("Alias removed"),
    "person-added": _("Account opened"),
    "person-changed": _("Entries changed"),
    "password-set": _("New first password"),
    "invited": _("Invited"),
    "invitation-withdrawn": _("Invitation withdrawn"),
    "joined": _("Own password set"),
    "account-reset": _("Account reset"),
    "account-closed": _("Account closed"),
    "second-factor-added": _("Second factor set up"),
    "recovery-codes-made": _("New recovery codes made"),
    "second-factor-dropped": _("Second factor taken away"),
    "outside-connected": _("Account elsewhere connected"),
    "outside-ended": _("Account elsewhere disconnected"),
    "appointed": _("Appointed"),
    "post-ended": _("Post ended"),
    "post-handed-over": _("Post handed over"),
    "post-taken-over": _("Post taken over"),
    "handover-undone": _("Handover undone"),
    "stand-in-named": _("Stand-in named"),
    "stand-in-ended": _("Stand-in ended"),
    "term-opened": _("Change of term begun"),
    "term-began": _("New term"),
    "standing-recorded": _("Standing recorded"),
    "roster-taken": _("Roster taken in"),
    "term-added": _("Term added"),
    "seat-added": _("Seat added"),
    "seat-changed": _("Seat changed"),
    "seat-ended": _("Seat ended"),
    "contact-given": _("Contact given"),
    "contact-taken": _("Contact taken away"),
    "own-settings": _("Own settings changed"),
    "platform-added": _("Platform added"),
    "platform-ended": _("Platform ended"),
    "branch-planned": _("Branch planned"),
    "branch-approved": _("Branch approved"),
    "branch-activated": _("Branch active"),
    "branch-announced": _("Announced to all members"),
    "branch-summary": _("Summary written"),
    "branches-paired": _("Branches paired"),
    "pairing-ended": _("Pairing ended"),
    "platform-changed": _("Platform corrected"),
    "platform-gap": _("Why there is no branch"),
    "branch-ended": _("Branch ended"),
    "member-added": _("Member added"),
    "member-ended": _("Membership ended"),
    "settings-changed": _("Settings changed"),
    "wordings-changed": _("Words in English changed"),
    "feedback-answered": _("Feedback answered"),
    "calendar-changed": _("Days off changed"),
    "exported": _("File exported"),
    "reminder-rules": _("Rules of reminders changed"),
    "robot-added": _("Group robot added"),
    "robot-switched": _("Group robot switched"),
    "robot-removed": _("Group robot removed"),
}
ABOUT_SOMEBODY = (
    "appointed",
    "post-ended",
    "post-handed-over",
    "post-taken-over",
    "handover-undone",
    "member-added",
    "member-ended",
    "person-added",
    "platform-added",
    "platform-changed",
    "platform-ended",
    "platform-gap",
)
ABOUT_STANDING = ("standing-recorded", "contact-given", "contact-taken")  # whoever has a contact is no CPC member
FIELDS: dict[str, Any] = {
    "name": _("Name"),
    "short_name": _("Short name"),
    "name_en": _("Name in English"),
    "code": _("Code"),
    "kind": _("Kind"),
    "starts_on": _("First day"),
    "ends_on": _("Ends on"),
    "alias": _("Alias"),
    "role": _("Role"),
    "title": _("Title"),
    "successor": _("Successor"),
    "predecessor": _("Predecessor"),
    "stand_in": _("Stand-in"),
    "members": _("Members"),
    "absent": _("Away"),
    "title_en": _("Title in English"),
    "fields_in_charge": _("Fields in charge"),
    "appointed_by": _("Appointed by"),
    "appointment": _("Appointment document"),
    "phone": _("Phone"),
    "email": _("Email"),
    "dingtalk_id": _("DingTalk user id"),
    "wecom_id": _("WeCom user id"),
    "tell_by": _("Messages"),
    "sign_in_with": _("Sign-in with"),
    "language": _("Language"),
    "large_type": _("Large type"),
    "quiet_from": _("Quiet from"),
    "quiet_until": _("Quiet until"),
    "type": _("Type"),
    "platform": _("Platform"),
    "approved_by": _("Approved by"),
    "approval_document": _("Approval document"),
    "approved_on": _("Approved on"),
    "activated_on": pgettext_lazy("branch", "Active since"),
    "announced_on": _("Announced on"),
    "summary_on": _("Summary"),
    "plan_paper": _("Activity plan"),
    "paired_with": _("Paired with"),
    "gap": _("Why it has no branch"),
    "place": _("Place"),
    "lead_member": _("Lead member"),
    "body": _("Body"),
    "accounts": _("Accounts opened"),
    "seats": _("Seats"),
    "term": _("Term"),
    "sector": _("Sector"),
    "work": _("Employer and duty"),
    "contact": _("Contact"),
    "change": _("Change"),
    "effective_on": _("Takes effect on"),
    "target": _("Place"),
    "stands_below": _("Stands below"),
    "stopped": _("Assignments stopped"),
    "posts": _("Posts"),
    "units": _("Units"),
    "handed_over": _("Assignments handed over"),
    "rules_off": _("Rules switched off"),
    "host": _("Host"),
    "switched_on": _("Switched on"),
    "days_off": _("Days off"),
    "days_worked": _("Make-up days"),
    "days_removed": _("Taken out"),
} | {
    field.name: field.verbose_name for field in BodySettings._meta.fields if field.name not in ("id", "body", "version")
}
CHOICES: dict[str, Any] = {
    **dict(Role.choices), **dict(Membership.Kind.choices), **dict(Standing.Kind.choices), **dict(Platform.Kind.choices),
    **dict(Gap.choices), **doors.NAMES,
    **dict(settings.LANGUAGES), **dict(PlannedChange.Kind.choices),
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One line as the timeline part shows it."""

    title: SafeString | str
    who: SafeString | str
    at: datetime
    detail: SafeString | str
    text: str


def of_unit(unit: Unit, *, about_members: bool = False) -> list[Line]:
    """The newest lines of a unit's history; who joined or left a branch only for those whom it concerns (I-32)."""
    rows = unit.changes.exclude(verb__in=ABOUT_STANDING)
    return lines(rows if about_members else rows.exclude(verb__in=["member-added", "member-ended"]))


def of_person(person: User, *, with_standing: bool) -> list[Line]:
    """The newest lines of a person's history; standing only for those who need it (design 3)."""
    rows = person.changes.all()
    return lines(rows if with_standing else rows.exclude(verb__in=ABOUT_STANDING), about=person)


def lines(rows: QuerySet[Change], about: User | None = None) -> list[Line]:
    """Changes in words, newest first."""
    return [_line(row, about) for row in rows.select_related("by", "unit").order_by("-at", "-pk")[:SHOWN]]


def _line(row: Change, about: User | None) -> Line:
    title: SafeString | str = str(VERBS.get(row.verb, row.verb))
    if row.verb in ABOUT_SOMEBODY and about is None:
        title = _labelled(title, briefly(row.subject))
    elif about and row.unit:
        title = _labelled(title, named(row.unit))
    return Line(title, named(row.by) if row.by else "", row.at, _difference(row.before, row.after), row.reason)


def _labelled(label: Any, value: Any) -> SafeString:
    return format_html("{}{}{}", label, pgettext("between a label and its value", ": "), value)


def _difference(before: dict[str, Any], after: dict[str, Any]) -> SafeString:
    """Each entry that changed as "Name: old → new", without what is empty on both sides."""
    parts = []
    for name in after or before:
        old, new = value_in_words(name, before.get(name)), value_in_words(name, after.get(name))
        if not old and not new:
            continue
        value = format_html("{} → {}", briefly(old), briefly(new) or "--") if old else briefly(new)
        parts.append((_labelled(FIELDS.get(name) or marked(name), value),))
    return format_html_join(pgettext("between statements", "; "), "{}", parts)


def value_in_words(name: str, value: Any) -> str:
    """A stored or typed value of the entry `name` as people read it."""
    if value in (None, "", [], "None"):
        return ""
    if isinstance(value, bool):
        return pgettext("setting", "on") if value else pgettext("setting", "off")
    if isinstance(value, list):
        return _joined(value)
    if name in ("role", "kind", "language", "gap", "change", "sign_in_with") and value in CHOICES:
        return str(CHOICES[value])
    if name.endswith("_on"):
        return date_format(date.fromisoformat(str(value)), pgettext("day in a table", "j M Y"))
    return str(value)


def _joined(values: Iterable[Any]) -> str:
    return pgettext("between the items of a list", ", ").join(str(value) for value in values)

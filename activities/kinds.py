"""The words of organisational life: kinds of meetings, what counts for what, and how often (domain 1.6)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Kind(models.TextChoices):
    """What was held. The first seven are organisational life; the last is duty performance at a platform."""

    ASSEMBLY = "assembly", _("Members’ meeting")
    COMMITTEE = "committee", _("Committee meeting")
    GROUP = "group", _("Group meeting")
    LECTURE = "lecture", _("Party lecture")
    THEME_DAY = "theme_day", _("Theme day")
    LIFE = "life", _("Organisational-life meeting")
    APPRAISAL = "appraisal", _("Appraisal of members")
    TALK = "talk", _("Heart-to-heart talks")
    DUTY = "duty", _("Duty activity")


class Duty(models.TextChoices):
    """What sort of duty activity."""

    CONSULTATION = "consultation", _("Consultation")
    DELIBERATION = "deliberation", _("Deliberation")
    VISIT = "visit", _("Visit or study trip")
    SERVICE = "service", _("Service to residents")
    OTHER = "other", pgettext_lazy("duty activity", "Other")


class Ruled(models.TextChoices):
    """What a cadence can ask for: any kind of meeting, or an activity of the branch's own choice."""

    ASSEMBLY = "assembly", _("Members’ meeting")
    COMMITTEE = "committee", _("Committee meeting")
    GROUP = "group", _("Group meeting")
    LECTURE = "lecture", _("Party lecture")
    THEME_DAY = "theme_day", _("Theme day")
    LIFE = "life", _("Organisational-life meeting")
    APPRAISAL = "appraisal", _("Appraisal of members")
    TALK = "talk", _("Heart-to-heart talks")
    ACTIVITY = "activity", _("Activity of its own (theme day or duty activity)")


COUNTS_FOR: dict[str, frozenset[str]] = {
    **{kind: frozenset({kind}) for kind in Kind.values},
    Ruled.ACTIVITY.value: frozenset({Kind.THEME_DAY.value, Kind.DUTY.value}),
}


class Per(models.TextChoices):
    """The period in which a number of meetings is due."""

    MONTH = "month", pgettext_lazy("cadence", "month")
    QUARTER = "quarter", pgettext_lazy("cadence", "quarter")
    HALF = "half", pgettext_lazy("cadence", "half-year")
    YEAR = "year", pgettext_lazy("cadence", "year")
    TERM = "term", pgettext_lazy("cadence", "term of the body")


class Condition(models.TextChoices):
    """Which branches of a type a rule is for."""

    ALL = "", _("Every branch of the type")
    COMMITTEE = "committee", _("Only branches with a committee")
    GROUPS = "groups", _("Only branches with groups")


class MeetingState(models.TextChoices):
    """Announced, held, or taken out again with a reason. Nothing is deleted."""

    PLANNED = "planned", pgettext_lazy("meeting", "Announced")
    HELD = "held", pgettext_lazy("meeting", "Held")
    STRUCK = "struck", pgettext_lazy("meeting", "Struck out")


class Came(models.TextChoices):
    """How somebody stood to a meeting; entered by the secretary, nobody checks in (design 10)."""

    PRESENT = "present", pgettext_lazy("attendance", "Present")
    LEAVE = "leave", pgettext_lazy("attendance", "On leave")
    ABSENT = "absent", pgettext_lazy("attendance", "Absent")


class As(models.TextChoices):
    """In what capacity somebody took part."""

    MEMBER = "member", pgettext_lazy("attendance", "Member")
    INSTRUCTOR = "instructor", pgettext_lazy("attendance", "Instructor")

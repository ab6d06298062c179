"""The way to a person: one, so that nothing is said twice; chat where the site and the person have it, else mail."""

from __future__ import annotations

from django.conf import settings

from branches.models import TellBy, User
from tasks.models.reminders import Channel


def way_to(user: User) -> Channel | None:
    """How this person hears of things now; None where there is no way but the page of notices."""
    if user.tell_by == TellBy.CHAT:
        for channel in (Channel.DINGTALK, Channel.WECOM):
            if reaches(user, channel):
                return channel
    return Channel.MAIL if user.email else None


def reaches(user: User, channel: str) -> bool:
    """Whether a message that waits for this channel can still go out by it."""
    if channel == Channel.DINGTALK:
        return bool(user.dingtalk_id and settings.DINGTALK_URL)
    if channel == Channel.WECOM:
        return bool(user.wecom_id and settings.WECOM_URL)
    return bool(user.email)

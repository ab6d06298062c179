"""What a body wants, what a person wants, what people say."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from branches import actions
from branches.forms.wishes import WishesForm
from branches.models import BodySettings, Change, Feedback, User
from branches.writing import Conflict
from tests.conftest import Cast
from tests.factories import at, op

NOW = at(date(2026, 5, 12))


def wishes(**more: object) -> dict[str, object]:
    stored = BodySettings.of(None)
    return {name: getattr(stored, name) for name in actions.WISHES} | more


def form_data(**more: object) -> dict[str, object]:
    data: dict[str, object] = {}
    for name, value in wishes().items():
        if isinstance(value, list):
            data[name] = "\n".join(value)
        elif not isinstance(value, bool) or value:
            data[name] = "on" if value is True else value
    return data | {"version": "1", "op": str(op())} | more


def test_settings_page_shows_every_wish_with_its_effect(client: Client, cast: Cast) -> None:
    client.force_login(cast.secretary)

    page = client.get(reverse("branches:settings", args=[cast.city.pk]), headers={"Accept-Language": "en"}).text

    for field in WishesForm().fields.values():
        assert field.help_text
        assert str(field.help_text).split("“")[0] in page


def test_settings_are_saved_with_their_history(client: Client, cast: Cast) -> None:
    client.force_login(cast.secretary)
    url = reverse("branches:settings", args=[cast.city.pk])

    page = client.post(url, form_data(due_soon_days="10", late_reasons="等文件\n\n等文件\n缺人"))

    assert page.status_code == 302
    stored = BodySettings.objects.get(body=cast.city)
    assert (stored.due_soon_days, stored.late_reasons, stored.version) == (10, ["等文件", "缺人"], 2)
    line = Change.objects.get(verb="settings-changed")
    assert (line.before["due_soon_days"], line.after["due_soon_days"], line.by) == (7, 10, cast.secretary)
    assert "supplement_workdays" not in line.after


def test_settings_with_an_old_version_show_both(client: Client, cast: Cast) -> None:
    actions.set_wishes(cast.city, wishes(due_soon_days=10), version=1, by=cast.admin, op=op(), now=NOW)
    with pytest.raises(Conflict):
        actions.set_wishes(cast.city, wishes(due_soon_days=5), version=1, by=cast.second, op=op(), now=NOW)
    client.force_login(cast.secretary)

    page = client.post(
        reverse("branches:settings", args=[cast.city.pk]), form_data(due_soon_days="5", help_phone="0000")
    )

    assert page.status_code == 409
    assert 'name="due_soon_days" value="5"' in page.text
    assert 'name="version" value="2"' in page.text
    assert BodySettings.of(cast.city).due_soon_days == 10


@pytest.mark.parametrize(
    ("name", "value"), [("reminder_hour", "22"), ("due_soon_days", "0"), ("sign_workdays", "viele")]
)
def test_settings_out_of_range_are_refused_in_words(client: Client, cast: Cast, name: str, value: str) -> None:
    client.force_login(cast.secretary)

    page = client.post(reverse("branches:settings", args=[cast.city.pk]), form_data(**{name: value}))

    assert page.status_code == 400
    assert f'href="#id_{name}"' in page.text


def test_settings_of_another_body_are_refused(cast: Cast) -> None:
    actions.set_wishes(cast.county_a, wishes(), version=1, by=cast.county_secretary, op=op(), now=NOW)

    with pytest.raises(PermissionDenied):
        actions.set_wishes(cast.county_a, wishes(due_soon_days=3), version=1, by=cast.secretary, op=op(), now=NOW)


def test_own_settings_change_the_page_at_once(client: Client, cast: Cast) -> None:
    client.force_login(cast.clerk)
    data = {
        "language": "en", "large_type": "on", "quiet_from": "20:00", "quiet_until": "08:00", "phone": "13800001234",
        "email": "zhou@example.invalid", "op": str(op()),
    }  # fmt: skip

    page = client.post(reverse("branches:me"), data, follow=True)

    person = User.objects.get(pk=cast.clerk.pk)
    assert (person.language, person.large_type, person.phone) == ("en", True, "13800001234")
    assert '<html lang="en" class="large"' in page.text
    assert "My settings" in page.text


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"quiet_from": "20:00"}, "quiet_until"),
        ({"quiet_from": "25:00", "quiet_until": "08:00"}, "quiet_from"),
        ({"email": "nobody"}, "email"),
        ({"phone": "abc"}, "phone"),
    ],
)
def test_own_settings_say_what_is_wrong(client: Client, cast: Cast, data: dict[str, str], field: str) -> None:
    client.force_login(cast.clerk)

    page = client.post(reverse("branches:me"), {"language": "en", "op": str(op()), **data})

    assert page.status_code == 400
    assert f'href="#id_{field}"' in page.text


def test_mail_address_of_somebody_else_is_refused(client: Client, cast: Cast) -> None:
    client.force_login(cast.clerk)

    page = client.post(reverse("branches:me"), {"language": "en", "email": cast.leader.email.upper(), "op": str(op())})

    assert page.status_code == 400


def test_feedback_is_answered_in_the_same_place(client: Client, cast: Cast) -> None:
    client.force_login(cast.member)
    url = reverse("branches:feedback")
    assert 'value="/units/"' in client.get(url + "?page=/units/").text
    client.post(url, {"text": "按钮太小", "page": "/units/", "op": str(op())})
    row = Feedback.objects.get()
    assert (row.by, row.body, row.page) == (cast.member, cast.county_a, "/units/")

    client.force_login(cast.county_secretary)
    assert "按钮太小" in client.get(url).text
    client.post(reverse("branches:feedback-answer", args=[row.pk]), {"answer": "已改大", "op": str(op())})

    client.force_login(cast.member)
    assert "已改大" in client.get(url).text


def test_feedback_is_seen_by_nobody_else(client: Client, cast: Cast) -> None:
    actions.write_feedback("只给本级", "", cast.county_a, by=cast.member, op=op(), now=NOW)
    row, url = Feedback.objects.get(), reverse("branches:feedback")

    client.force_login(cast.county_admin)
    assert "只给本级" in client.get(url).text
    for who in ("secretary", "stranger", "head_a"):
        client.force_login(cast.person(who))
        assert "只给本级" not in client.get(url).text
        answer = client.post(reverse("branches:feedback-answer", args=[row.pk]), {"answer": "x", "op": str(op())})
        assert answer.status_code == 404


def test_feedback_is_answered_once(client: Client, cast: Cast) -> None:
    actions.write_feedback("只给本级", "", cast.county_a, by=cast.member, op=op(), now=NOW)
    row = Feedback.objects.get()
    actions.answer_feedback(row, "第一", by=cast.county_admin, op=op(), now=NOW)
    client.force_login(cast.county_secretary)

    page = client.post(reverse("branches:feedback-answer", args=[row.pk]), {"answer": "第二", "op": str(op())})

    assert page.status_code == 409
    row.refresh_from_db()
    assert row.answer == "第一"


def test_feedback_page_address_is_never_a_link_elsewhere(client: Client, cast: Cast) -> None:
    client.force_login(cast.member)
    client.post(reverse("branches:feedback"), {"text": "看", "page": "javascript:alert(1)", "op": str(op())})

    page = client.get(reverse("branches:feedback") + "?page=//evil.example/").text

    assert "看" in page
    assert "javascript:" not in page
    assert "evil.example" not in page.partition("<main")[2].partition("<footer")[0]

"""Letting people in: invitations used once, the same words for every dead code, accounts reset and closed (decision 0022)."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from branches import actions, codes
from branches.models import Change, Invitation, User
from branches.roles import Role
from branches.writing import NotPossible
from tasks.reminders.invitations import mail_invitations
from tests.conftest import Cast
from tests.factories import at, make_post, make_user, op

NOW = at(date(2026, 5, 12))
GOOD = "correct horse battery"


@pytest.fixture(autouse=True)
def _time(clock_at: object) -> None:
    clock_at(NOW.date())  # type: ignore[operator]


def code_for(person: User, by: User) -> str:
    lot = actions.invite([person], by=by, op=op(), now=NOW)
    return codes.code_of(Invitation.objects.get(lot=lot).seed)


def join(client: Client, code: str, password: str = GOOD, **more: str) -> int:
    data = {"password1": password, "password2": password, "phone": "0579-88888888", "op": str(op()), **more}
    return client.post(reverse("join", args=[code]), data).status_code


def test_code_opens_once_and_then_is_dead(client: Client, cast: Cast) -> None:
    code = code_for(cast.clerk, cast.admin)
    stored = Invitation.objects.get()
    assert code not in (stored.digest, str(stored.seed))
    assert cast.clerk.name in client.get(reverse("join", args=[code])).text
    assert not User.objects.get(pk=cast.clerk.pk).has_usable_password()  # looking changed nothing

    assert join(client, code) == 302

    assert client.get(reverse("home")).status_code == 200
    person = User.objects.get(pk=cast.clerk.pk)
    assert person.check_password(GOOD)
    assert person.phone == "0579-88888888"
    assert list(Change.objects.filter(person=person).values_list("verb", flat=True)) == ["joined", "invited"]
    guest = Client()
    assert join(guest, code, "another long password") == 404
    assert User.objects.get(pk=cast.clerk.pk).check_password(GOOD)


def test_wrong_used_withdrawn_old_and_closed_codes_get_the_same_words(client: Client, cast: Cast) -> None:
    codes_of = {
        name: code_for(cast.person(name), cast.system_admin) for name in ("clerk", "leader", "head_a", "member")
    }
    rows = {name: Invitation.objects.get(user=cast.person(name)) for name in codes_of}
    assert join(Client(), codes_of["clerk"]) == 302
    actions.withdraw(rows["leader"], by=cast.admin, op=op(), now=NOW)
    Invitation.objects.filter(pk=rows["head_a"].pk).update(expires_at=NOW)
    User.objects.filter(pk=cast.member.pk).update(is_active=False)

    answers = {client.get(reverse("join", args=[code])) for code in [*codes_of.values(), "aaaa-bbbb-cccc-dddd"]}

    assert {answer.status_code for answer in answers} == {404}
    pages = {re.sub(r'value="[^"]*"|"X-CSRFToken": "[^"]*"', "", answer.text) for answer in answers}
    assert len({re.sub(r"/join/[^\"&]*", "", page) for page in pages}) == 1


def test_new_invitation_makes_the_old_slip_worthless_and_a_double_click_makes_one(client: Client, cast: Cast) -> None:
    first = code_for(cast.clerk, cast.admin)
    again = op()
    lots = {actions.invite([cast.clerk], by=cast.admin, op=again, now=NOW) for _twice in range(2)}

    assert len(lots) == 1
    assert Invitation.objects.count() == 2
    assert client.get(reverse("join", args=[first])).status_code == 404
    later = NOW + timedelta(days=7)
    assert actions.invited_by(codes.code_of(Invitation.objects.get(lot=again).seed), later - timedelta(seconds=1))
    assert actions.invited_by(codes.code_of(Invitation.objects.get(lot=again).seed), later) is None


def test_secretary_invites_who_never_entered_and_nobody_else(cast: Cast) -> None:
    assert code_for(cast.clerk, cast.secretary)

    cast.leader.set_password(GOOD)
    cast.leader.save()
    for person in (cast.leader, cast.admin, cast.county_head):  # has an account; administers; of another body
        with pytest.raises(PermissionDenied):
            actions.invite([person], by=cast.secretary, op=op(), now=NOW)
    with pytest.raises(PermissionDenied):
        actions.invite([cast.clerk, cast.county_head], by=cast.admin, op=op(), now=NOW)
    with pytest.raises(PermissionDenied):
        actions.reset_account(cast.clerk, by=cast.secretary, op=op(), now=NOW)
    assert Invitation.objects.count() == 1


def test_reset_ends_sessions_and_the_old_password_in_two_presses(client: Client, cast: Cast) -> None:
    cast.clerk.set_password(GOOD)
    cast.clerk.save()
    theirs = Client()
    theirs.force_login(cast.clerk)
    assert theirs.get(reverse("home")).status_code == 200
    client.force_login(cast.admin)
    account = reverse("branches:person-account", args=[cast.clerk.pk])
    assert account in client.get(cast.clerk.get_absolute_url()).text  # the first press

    page = client.post(account, {"do": "reset", "op": str(op())}, follow=True)  # the second

    code = codes.code_of(Invitation.objects.get(user=cast.clerk).seed)
    assert code in page.text
    assert "<path d=" in page.text
    assert theirs.get(reverse("home")).status_code == 302
    assert not User.objects.get(pk=cast.clerk.pk).check_password(GOOD)
    other = Client()
    other.force_login(cast.system_admin)
    assert other.get(page.wsgi_request.path).status_code == 404  # slips are for the one who made them


def test_close_shuts_out_and_reset_opens_again(client: Client, cast: Cast) -> None:
    theirs = Client()
    theirs.force_login(cast.clerk)
    code = code_for(cast.clerk, cast.admin)

    actions.close_account(cast.clerk, by=cast.admin, op=op(), now=NOW)

    assert theirs.get(reverse("home")).status_code == 302
    assert client.get(reverse("join", args=[code])).status_code == 404
    with pytest.raises(NotPossible):
        actions.close_account(cast.admin, by=cast.admin, op=op(), now=NOW)
    actions.reset_account(cast.clerk, by=cast.admin, op=op(), now=NOW)
    assert User.objects.get(pk=cast.clerk.pk).is_active


def test_all_of_a_body_at_once_leaves_out_who_serves_elsewhere_too(client: Client, cast: Cast) -> None:
    both = make_user("两处任职")
    make_post(both, cast.county_a, Role.MEMBER)
    make_post(both, cast.county_b, Role.MEMBER)
    client.force_login(cast.county_secretary)

    page = client.get(reverse("branches:invitations"))
    assert "两处任职" not in page.text
    assert 'class="hint"' in page.text  # but that there are such people is said
    answer = client.post(reverse("branches:invite"), {"all": "1", "op": str(op())})

    assert answer.status_code == 302
    invited = set(Invitation.objects.values_list("user__name", flat=True))
    assert {"钱进", "孙悦", "吴刚"} <= invited
    assert not invited & {"两处任职", "管县", "王明"}
    assert client.get(answer["Location"]).text.count("invitation-slip") == len(invited)


def test_guessing_is_slowed_down_but_an_office_joins_from_one_address(client: Client, cast: Cast) -> None:
    code = code_for(cast.clerk, cast.admin)
    found = [client.get(reverse("join", args=[f"aaaa-bbbb-cccc-dd{n:02d}"])).status_code for n in range(31)]

    assert found == [404] * 30 + [429]
    assert client.get(reverse("join", args=[code])).status_code == 429


def test_weak_and_different_passwords_come_back_with_words(client: Client, cast: Cast) -> None:
    code = code_for(cast.clerk, cast.admin)

    assert join(client, code, "123456789012") == 400
    assert join(client, code, password2="something else") == 400
    assert actions.invited_by(code, NOW) is not None


def test_typed_code_is_forgiving_and_whom_to_ask_names_nobody(client: Client, cast: Cast) -> None:
    code = code_for(cast.clerk, cast.admin)

    answer = client.post(reverse("join-start"), {"code": f" {code.upper().replace('-', ' ')} "})

    assert answer["Location"] == reverse("join", args=[code])
    assert client.post(reverse("join-start"), {"code": "abc"}).status_code == 400
    assert cast.admin.name not in client.get(reverse("account_help")).text


def test_invitation_by_mail_goes_out_once_with_its_link(cast: Cast, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    lot = actions.invite([cast.clerk, cast.leader], by_mail=True, by=cast.admin, op=op(), now=NOW)
    User.objects.filter(pk=cast.leader.pk).update(email="")

    assert mail_invitations(NOW) == 1
    assert mail_invitations(NOW) == 0

    (letter,) = mail.outbox
    row = Invitation.objects.get(lot=lot, user=cast.clerk)
    assert letter.to == [cast.clerk.email]
    assert codes.link_of(codes.code_of(row.seed)) in letter.body
    assert row.mailed_at == NOW

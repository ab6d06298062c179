"""Help asked and answered, words for every receiver: no black mark, nobody's name passed on, the boundary held (design 3, 4)."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.test import Client

from branches.writing import Invalid, NotPossible
from tasks.actions.helping import answer_help, ask_help, clarify, withdraw_help
from tasks.models import Assignment, Clarification, Event, HelpRequest, StoredFile
from tasks.queries.followup import helps, to_help
from tasks.rules import Actor
from tasks.uploads import keep
from tests import uploads
from tests.conftest import Cast
from tests.factories import at, make_assignment, op
from tests.uploads import upload

TODAY = date(2026, 5, 12)
NOW = at(TODAY)


@pytest.fixture(autouse=True)
def _today(clock_at: Any) -> None:
    clock_at(TODAY)


def asked(cast: Cast, who: str = "member", row: Assignment | None = None, text: str = "缺讲课老师暗记") -> HelpRequest:
    return ask_help(row or cast.to_branch_a, "means", text, by=cast.person(who), op=op(), now=NOW)


def waiting(cast: Cast, who: str) -> list[HelpRequest]:
    return list(to_help(Actor.of(cast.person(who), TODAY)))


def seen(cast: Cast, who: str) -> bool:
    return helps(cast.person(who), TODAY).exists()


def test_it_waits_for_the_issuer_and_changes_no_light_and_no_figure(cast: Cast) -> None:
    before = Assignment.objects.filter(pk=cast.to_branch_a.pk).values().get()

    request = asked(cast)

    assert Assignment.objects.filter(pk=cast.to_branch_a.pk).values().get() == before
    assert waiting(cast, "county_secretary") == waiting(cast, "county_head") == [request]
    assert [waiting(cast, who) for who in ("member", "secretary", "leader", "stranger")] == [[], [], [], []]


def test_inner_requests_of_a_lower_body_are_not_seen_above(cast: Cast) -> None:
    Assignment.objects.filter(pk=cast.to_branch_a.pk).update(source=cast.to_county_a)
    asked(cast)

    assert seen(cast, "county_secretary")
    assert not any(seen(cast, who) for who in ("secretary", "leader", "stranger", "foreigner", "system_admin"))


@pytest.mark.parametrize("who", ["secretary", "leader", "stranger", "county_admin", "nobody"])
def test_only_the_side_that_does_the_work_asks(cast: Cast, who: str) -> None:
    with pytest.raises(PermissionDenied):
        asked(cast, who)


def test_answered_once_by_the_issuer_never_by_the_asker(cast: Cast) -> None:
    request = asked(cast)
    for who in ("member", "head_a", "secretary", "stranger"):
        with pytest.raises(PermissionDenied):
            answer_help(request, "派人", by=cast.person(who), op=op(), now=NOW)
    with pytest.raises(Invalid):
        answer_help(request, " ", by=cast.county_secretary, op=op(), now=NOW)

    answer_help(request, "派人来讲", by=cast.county_secretary, op=op(), now=NOW)

    assert (request.state, request.answer, waiting(cast, "county_head")) == ("answered", "派人来讲", [])
    with pytest.raises(NotPossible):
        answer_help(request, "再说", by=cast.county_head, op=op(), now=NOW)
    with pytest.raises(DatabaseError), transaction.atomic():
        HelpRequest.objects.filter(pk=request.pk).update(answer="改写")


def test_an_answer_for_all_tells_every_receiver_and_not_who_asked(client: Client, cast: Cast) -> None:
    other = make_assignment(cast.county_b, cast.city_list, task=cast.to_county_a.task)
    request = asked(cast, "county_secretary", cast.to_county_a)

    answer_help(request, "案例限三千字以内", to_all=True, by=cast.secretary, op=op(), now=NOW)

    told = Clarification.objects.get()
    assert request.published == told
    client.force_login(cast.stranger)
    for door in (f"/a/{other.pk}/", f"/a/{other.pk}/update/", f"/tasks/{other.task_id}/"):
        text = client.get(door).text
        assert "案例限三千字以内" in text
        assert "赵敏" not in text
        assert "缺讲课老师暗记" not in text
    assert client.get(request.get_absolute_url()).status_code == 404
    lines = Event.objects.filter(move__in=["clarified", "help_answered"]).values_list("assignment", "move")
    assert set(lines) == {(other.pk, "clarified"), (cast.to_county_a.pk, "help_answered")}


def test_one_open_request_a_row_closed_by_the_side_that_asked(cast: Cast) -> None:
    first = asked(cast)
    with pytest.raises(NotPossible):
        asked(cast, "head_a")
    with pytest.raises(PermissionDenied):
        withdraw_help(first, by=cast.secretary, op=op(), now=NOW)
    withdraw_help(first, by=cast.head_a, op=op(), now=NOW)
    assert waiting(cast, "county_secretary") == []
    assert asked(cast).is_open


def test_from_the_form_of_the_row_in_two_presses(client: Client, cast: Cast) -> None:
    client.force_login(cast.member)
    row = cast.to_branch_a
    door = f"/a/{row.pk}/help/?why=papers"
    assert door in client.get(f"/a/{row.pk}/update/").text
    assert 'value="papers" id="id_why_1" checked' in client.get(door).text.replace(" required", "")
    for text, status in (("", 400), ("长" * 501, 400), ("秘密★文件", 400), ("等市里的文件", 302), ("再问", 409)):
        answer = client.post(f"/a/{row.pk}/help/", {"op": str(op()), "why": "papers", "text": text})
        assert answer.status_code == status, text
    assert client.post(f"/a/{row.pk}/help/", {"op": str(op()), "why": "x", "text": "问"}).status_code == 400
    assert "求助待答复" in client.get(row.get_absolute_url()).text
    client.force_login(cast.county_secretary)
    request = HelpRequest.objects.get()
    answer = client.post(
        request.get_absolute_url(), {"op": str(op()), "do": "answer", "answer": "附上", "to_all": "on"}
    )
    assert answer.headers["Location"] == row.get_absolute_url()
    assert "附上" in client.get(row.get_absolute_url()).text


def test_the_issuers_desk_clarifies_and_every_open_row_says_so(client: Client, cast: Cast) -> None:
    task = cast.to_county_a.task
    with pytest.raises(PermissionDenied):
        clarify(task, "说明", by=cast.county_secretary, op=op(), now=NOW)
    client.force_login(cast.secretary)
    assert client.post(f"/tasks/{task.pk}/clarify/", {"op": str(op()), "text": ""}).status_code == 400
    form = {"op": str(op()), "text": "附件格式不限"}
    for _press in range(2):
        assert client.post(f"/tasks/{task.pk}/clarify/", form).status_code == 302
    assert Clarification.objects.count() == 1
    client.force_login(cast.county_secretary)
    assert client.get(cast.to_county_a.get_absolute_url()).text.count("附件格式不限") == 2  # its section, its history
    with pytest.raises(DatabaseError), transaction.atomic():
        Clarification.objects.update(text="别的")


def test_a_file_goes_with_a_clarification_to_every_receiver_and_to_nobody_else(
    client: Client, cast: Cast, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    task = cast.to_county_a.task
    door = f"/tasks/{task.pk}/clarify/"
    client.force_login(cast.secretary)
    form = {"op": str(op()), "text": "", "files": upload("样表.pdf", uploads.PDF)}
    page = client.post(door, form)
    file = StoredFile.objects.get()
    assert page.status_code == 400
    assert f'value="{file.pk}" checked' in page.text, "the file is not lost with the missing words"
    assert client.post(door, {"op": str(op()), "text": "用样表", "file": file.pk}).status_code == 302
    assert Clarification.objects.get().file == file

    for who, status in (("county_secretary", 200), ("stranger", 404), ("admin", 404)):
        client.force_login(cast.person(who))
        assert client.get(file.get_absolute_url()).status_code == status, who
    client.force_login(cast.county_secretary)
    assert "样表.pdf" in client.get(cast.to_county_a.get_absolute_url()).text


def test_a_file_that_is_not_ones_own_to_see_does_not_go_with_a_clarification(
    client: Client, cast: Cast, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    foreign = keep(upload("名单.pdf", uploads.PDF), by=cast.stranger, unit=None, now=NOW)
    task = cast.to_county_a.task
    with pytest.raises(PermissionDenied):
        clarify(task, "见附件", foreign, by=cast.secretary, op=op(), now=NOW)
    client.force_login(cast.secretary)
    answer = client.post(f"/tasks/{task.pk}/clarify/", {"op": str(op()), "text": "见附件", "file": foreign.pk})
    assert answer.status_code == 400
    assert "名单" not in answer.text
    assert not Clarification.objects.exists()

"""The first page of a demo and its tour: figures for guests, six pages as six people, nothing of it on a site (issue 7)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from branches import clock
from branches.models import DemoMail, DemoState, User
from dashboards import tour
from tasks.models import Assignment
from tests.demo.conftest import AUTUMN, demo_on
from tests.factories import at, op

PEOPLE = [step.person for step in tour.STEPS]


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The demo of an autumn day."""
    with django_db_blocker.unblock(), demo_on(AUTUMN, tmp_path_factory.mktemp("media")):
        yield


@pytest.fixture
def demo(loaded: None, db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its clock begins on that day, and can be moved as in a demo that runs; its mails go into its mailbox."""
    settings.DEMO, settings.PRODUCTION = True, False
    settings.EMAIL_BACKEND = "branches.mailbox.MailboxBackend"
    monkeypatch.setattr(clock, "now", lambda: at(AUTUMN, 9) + timedelta(days=DemoState.objects.get().days_ahead))


def press(client: Client, number: int | str) -> Any:
    return client.post(reverse("demo-tour"), {"step": number})


def test_a_guest_sees_the_counties_the_people_and_the_tour(client: Client, demo: None) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert "乙区" in page.text
    assert page.text.count('name="person"') == 6  # five people, and the board as the leader
    assert all(str(step.title) in page.text for step in tour.STEPS)
    assert "/dashboard/1/rows" not in page.text  # figures without the lists behind them


def test_its_figures_are_those_of_the_board(client: Client, demo: None) -> None:
    bars = {bar.label: bar for bar in client.get("/").context["bars"].rows}
    client.force_login(User.objects.get(username="demo-leader"))
    board = client.get("/dashboard/", follow=True).context["progress"].shown
    same = {bar.label: bar for bar in board.rows if bar.label in bars}
    assert len(same) > 5
    for label, bar in same.items():
        assert (bar.due, bar.completed, bar.overdue) == (bars[label].due, bars[label].completed, bars[label].overdue)


def test_the_door_asks_few_questions(client: Client, demo: None, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(12):
        client.get("/")


def test_each_step_opens_its_page_as_its_person_and_leads_on(client: Client, demo: None) -> None:
    for number, step in enumerate(tour.STEPS, start=1):
        page = client.get(press(client, number)["Location"].partition("#")[0], follow=True)
        assert page.status_code == 200, step.key
        assert page.context["user"].username == step.person
        assert page.context["frame"].tour.number == number
        assert str(step.title) in page.text
        for other in (number - 1, number + 1):
            assert (f'name="step" value="{other}"' in page.text) == (0 <= other <= len(tour.STEPS))
    assert press(client, 0)["Location"] == "/"
    assert client.get("/").context["frame"].tour is None


def test_the_digest_of_the_next_day_is_there_at_once_and_the_day_goes_on_once(client: Client, demo: None) -> None:
    assert not DemoMail.objects.exists()
    press(client, 5)
    member = User.objects.get(username="demo-member")
    newest = DemoMail.objects.filter(to=member.email).first()
    assert newest is not None
    assert DemoState.objects.get().days_ahead > 0
    ahead, mails = DemoState.objects.get().days_ahead, DemoMail.objects.count()
    for number in (4, 5, 6, 5):
        press(client, number)
    assert (DemoState.objects.get().days_ahead, DemoMail.objects.count()) == (ahead, mails)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_rows_in_the_box_are_read_and_one_date_is_refused(client: Client, demo: None, language: str) -> None:
    client.cookies["django_language"] = language
    page = client.get(press(client, 2)["Location"])
    form = page.context["form"]
    values = {"paste": form.initial["paste"], "issuer": form.initial["issuer"].pk, "year": AUTUMN.year, "op": str(op())}
    checked = client.post("/lists/import/", values, follow=True)
    assert checked.status_code == 200
    paper = checked.context["paper"]
    assert len(paper.rows) == 5
    assert [len(row.problems) > 0 for row in paper.rows] == [False, False, False, False, True]


def test_a_step_finds_other_pages_when_its_work_is_done(client: Client, demo: None) -> None:
    member = User.objects.get(username="demo-member")
    form = press(client, 4)["Location"]
    row = Assignment.objects.get(pk=int(form.split("/")[2]))
    assert row.person == member
    Assignment.objects.filter(person=member).update(person=User.objects.get(username="demo-admin"))
    assert press(client, 4)["Location"] == "/"


@pytest.mark.parametrize("step", ["7", "-1", "x", "", "１"])
def test_other_steps_are_no_steps(client: Client, demo: None, step: str) -> None:
    assert press(client, step).status_code == 400
    assert "_auth_user_id" not in client.session

"""What an English page shows of Chinese words: their English first and the original beneath, marked as Chinese."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection
from django.http import HttpResponse
from django.template import Context, Template
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from branches import actions, clock
from branches.models import Change, Unit, Wording
from branches.second_language import english_of
from tests.conftest import Cast

pytestmark = pytest.mark.django_db
BENEATH = '<span>{} <span class="original hint" lang="zh-Hans">{}</span></span>'
MARKED = '<span lang="zh-Hans">{}</span>'


@pytest.fixture
def words(cast: Cast) -> Iterator[Unit]:
    """A body with some words of its own, during a request."""
    body = cast.city
    for words, english in {
        "一、两级联动": "1. Together",
        "书记": "Secretary",
        "台账": "Ledger",
        "照片": "Photos",
    }.items():
        Wording.objects.create(body=body, words=words, words_en=english)
    clock.begin_request()
    yield body
    clock.end_request()


def shown(template: str, **context: object) -> str:
    return Template("{% load readings %}" + template).render(Context(context))


def test_known_words_come_first_and_the_original_beneath(words: Unit) -> None:
    with override("en"):
        assert shown("{{ it|as_written }}", it="书记") == BENEATH.format("Secretary", "书记")
        assert shown("{{ it|as_written }}", it="一、两级联动") == BENEATH.format("1. Together", "一、两级联动")
        assert shown("{{ it|as_written }}", it="台账、照片") == BENEATH.format("Ledger, Photos", "台账、照片")
        assert shown("{{ it|as_written }}", it="一、两级联动 › 书记") == BENEATH.format(
            "1. Together › Secretary", "一、两级联动 › 书记"
        )


def test_unknown_words_stay_as_they_were_written(words: Unit) -> None:
    with override("en"):
        assert shown("{{ it|as_written }}", it="没有人说过") == MARKED.format("没有人说过")
        assert shown("{{ it|as_written }}", it="台账、没有") == MARKED.format("台账、没有")
        assert shown("{{ it|as_written }}", it="<b>") == "&lt;b&gt;"
        assert shown("{{ it|briefly:4 }}", it="没有人说过话") == MARKED.format("没有人…")


def test_a_chinese_page_shows_the_original_alone(words: Unit) -> None:
    with override("zh-hans"):
        assert shown("{{ it|as_written }}{{ it|briefly }}", it="书记") == "书记书记"
        assert shown("{% named it both=True %}", it=SimpleNamespace(name="办公室", name_en="Office")) == "办公室"
        assert shown("{{ it|due_as_written:2026 }}", it="6月底前") == "6月底前"


def test_one_language_where_there_is_no_room(words: Unit) -> None:
    with override("en"):
        assert shown("{{ it|briefly }}", it="书记") == "Secretary"
        assert shown("{{ it|briefly:5 }}", it="书记") == "Secr…"
        assert shown("{{ it|quoting }}", it="Why: 书记, 2 of 3") == "Why: Secretary, 2 of 3"


def test_names_stand_above_their_original(words: Unit) -> None:
    office = SimpleNamespace(name="办公室", name_en="General Office")
    with override("en"):
        assert shown("{% named it both=True %}", it=office) == BENEATH.format("General Office", "办公室")
        assert shown("{% named it %}", it=office) == "General Office"
        assert shown("{% named it both=True %}", it=SimpleNamespace(name="A", name_en="B")) == "B"
        assert shown("{% named it both=True %}", it=SimpleNamespace(name="书记", name_en="")) == BENEATH.format(
            "Secretary", "书记"
        )


@pytest.mark.parametrize(
    ("phrase", "reading"),
    [
        ("6月底前", "by 30 Jun 2026"),
        ("会后3个工作日内", "3 working days after the meeting"),
        ("每月26日前", "every month, day 26"),
    ],
)
def test_a_deadline_is_read_above_its_phrase(words: Unit, phrase: str, reading: str) -> None:
    with override("en"):
        assert shown("{{ it|due_as_written:2026 }}", it=phrase) == BENEATH.format(reading, phrase)


def test_a_date_without_its_year_is_not_guessed(words: Unit) -> None:
    with override("en"):
        assert shown("{{ it|due_as_written }}", it="6月底前") == MARKED.format("6月底前")
        assert shown("{{ it|due_as_written }}", it="会后7日内") == BENEATH.format(
            "7 days after the meeting", "会后7日内"
        )


def test_the_words_are_read_once_for_a_request(words: Unit, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    with override("en"), django_assert_num_queries(1):
        assert [english_of(one) for one in ("书记", "台账", "缺材料")] == ["Secretary", "Ledger", "Evidence is missing"]
    with override("zh-hans"), django_assert_num_queries(0):
        assert english_of("书记") == ""


def test_outside_a_request_only_the_products_own_words_are_known(words: Unit, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    clock.end_request()
    with override("en"), django_assert_num_queries(0):
        assert (english_of("书记"), english_of("任务内容")) == ("", "Task")


def test_the_older_wording_of_two_bodies_stands(words: Unit, cast: Cast) -> None:
    Wording.objects.create(body=cast.foreign_city, words="书记", words_en="Clerk")
    with override("en"):
        assert english_of("书记") == "Secretary"


def test_a_body_says_each_word_once(words: Unit) -> None:
    with pytest.raises(IntegrityError):
        Wording.objects.create(body=words, words="书记", words_en="Clerk")


def send(client: Client, body: Unit, lines: str, version: int = 1, **more: str) -> HttpResponse:
    data = {"lines": lines, "version": str(version), "op": str(uuid.uuid4()), **more}
    return client.post(reverse("branches:wordings", args=[body.pk]), data)


def test_a_desk_writes_the_words_of_its_body(client: Client, cast: Cast) -> None:
    Wording.objects.create(body=cast.city, words="台账", words_en="Book")
    Wording.objects.create(body=cast.city, words="名单", words_en="List")
    client.force_login(cast.secretary)
    address = reverse("branches:wordings", args=[cast.city.pk])
    assert "台账 = Book\n名单 = List" in client.get(address).text

    assert send(client, cast.city, "台账 = Ledger\n\n书记=Secretary = head\n").status_code == 302

    assert dict(Wording.objects.values_list("words", "words_en")) == {"台账": "Ledger", "书记": "Secretary = head"}
    line = Change.objects.get(verb="wordings-changed")
    assert line.before == {"书记": "", "名单": "List", "台账": "Book"}
    assert line.after == {"书记": "Secretary = head", "名单": "", "台账": "Ledger"}
    assert "名单" in client.get(address).text, "the history says what was taken out"


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ("台账 Ledger", "Line 1: write the words, an equals sign, their English"),
        ("台账 = ", "Line 1: write the words, an equals sign, their English"),
        ("台账 = Ledger\n台账 = Book", "Line 2: “台账” stands there twice"),
        ("台" * 301 + " = x", "Line 1 is too long: 300 characters for the words, 600 for the English"),
    ],
)
def test_lines_that_cannot_be_are_refused_and_kept(client: Client, cast: Cast, lines: str, why: str) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    client.force_login(cast.secretary)

    page = send(client, cast.city, lines)

    assert page.status_code == 400
    assert why in page.content.decode()
    assert lines.strip() in page.content.decode()
    assert not Wording.objects.exists()


def test_an_emptied_box_takes_many_words_out_only_after_a_tick(client: Client, cast: Cast) -> None:
    Wording.objects.bulk_create(Wording(body=cast.city, words=f"词{n}", words_en=f"Word {n}") for n in range(21))
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    client.force_login(cast.secretary)
    assert 'type="checkbox"' not in client.get(reverse("branches:wordings", args=[cast.city.pk])).text

    page = send(client, cast.city, "")

    assert page.status_code == 400
    assert "21 wordings are missing. Put them back, or tick below" in page.text
    assert '<input type="checkbox" name="fewer"' in page.text
    assert Wording.objects.count() == 21
    assert send(client, cast.city, "", fewer="on").status_code == 302
    assert not Wording.objects.exists()


def test_the_second_of_two_who_write_is_told(client: Client, cast: Cast) -> None:
    actions.set_wordings(cast.city, {"台账": "Ledger"}, version=1, by=cast.second, op=uuid.uuid4(), now=timezone.now())
    client.force_login(cast.secretary)

    assert send(client, cast.city, "台账 = Book").status_code == 409

    assert Wording.objects.get().words_en == "Ledger"
    with pytest.raises(PermissionDenied):
        actions.set_wordings(cast.city, {}, version=2, by=cast.clerk, op=uuid.uuid4(), now=timezone.now())


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def test_an_english_page_asks_no_more_than_a_chinese_one_and_hears_of_changes(client: Client, cast: Cast) -> None:
    client.force_login(cast.secretary)
    unit = Unit.objects.get(name="市政协机关党委")
    address = unit.get_absolute_url()
    Wording.objects.create(body=cast.city, words=unit.name, words_en="First")
    client.get(address)
    chinese = queries(client, address)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"

    first = client.get(address).content.decode()
    assert queries(client, address) == chinese
    actions.set_wordings(
        cast.city, {unit.name: "Second"}, version=1, by=cast.secretary, op=uuid.uuid4(), now=timezone.now()
    )
    second = client.get(address).content.decode()

    assert ("First" in first, "Second" in second, "First" in second) == (True, True, False)


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_the_same_for_one_word_and_for_many(client: Client, cast: Cast, count: int) -> None:
    for number in range(count):
        Wording.objects.create(body=cast.city, words=f"词{number}", words_en=f"Word {number}")
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    client.force_login(cast.secretary)
    address = reverse("branches:wordings", args=[cast.city.pk])
    client.get(address)

    with CaptureQueriesContext(connection) as asked:
        client.get(address)

    assert len(asked) <= 12

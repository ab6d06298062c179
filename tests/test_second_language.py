"""What an English page shows of Chinese words: their English first and the original beneath, marked as Chinese."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.db import IntegrityError
from django.template import Context, Template
from django.utils.translation import override

from branches import clock
from branches.models import Unit, Wording
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

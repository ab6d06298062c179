"""What a board says, in both languages: whole sentences, links on their numbers, no Chinese unmarked on an English page."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.utils.translation import override

from branches.templatetags.frame import HAN
from dashboards import queries, sentences
from dashboards.addresses import Addresses
from dashboards.queries import Board
from dashboards.scopes import Measure, Scope
from tasks.lights import Thresholds
from tasks.models import Assignment
from tests.conftest import TODAY, Cast
from tests.factories import make_assignment

pytestmark = pytest.mark.django_db


def board(cast: Cast, measure: Measure = Measure.GIVEN) -> Board:
    """The city's board as its leader sees it."""
    scope = Scope(cast.leader, TODAY, cast.city, measure, cast.city if measure == Measure.GIVEN else None)
    return queries.board(scope, Thresholds.load(TODAY))


def said(found: Board, helps: bool = True) -> str:
    """The finding without markup."""
    return re.sub(r"<[^>]+>", "", sentences.finding(found, Addresses(found.scope), helps=helps))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "As of 12 May 2026, work given by Sample City CPPCC: 5 in all, 3 due, 1 of those completed. 1 more was completed"
               " early. Still missing: 2 – overdue 1, in review 0, within time 1. Main reason for late work:"
               " Waiting for papers from above (1)."
               " Furthest behind: District B CPPCC, 1 short."),
        ("zh-hans", "截至5月12日（周二），示例市政协派发的任务5项，应完成3项，其中已完成1项。另有1项提前完成。"
                    "没完成的2项里，逾期1项，待审核0项，仍在时限内1项。晚报和逾期主要因为等上级文件（1）。"
                    "差距最大的是乙区政协，差1项。"),
    ],
)  # fmt: skip
def test_finding_adds_up(cast: Cast, language: str, words: str) -> None:
    Assignment.objects.filter(pk=cast.to_county_b.pk).update(late_reason="等上级文件")
    Assignment.objects.filter(pk=cast.to_office.pk).update(due_on=TODAY)
    for day in (date(2026, 5, 1), date(2026, 9, 1)):
        make_assignment(cast.committee, cast.city_list, due_on=day, stage="completed", completed_on=TODAY)

    with override(language):
        assert said(board(cast)) == words


def test_finding_names_nobody_to_those_who_need_not_help(cast: Cast) -> None:
    with override("en"):
        assert "Furthest behind" in said(board(cast))
        assert "Furthest behind" not in said(board(cast), helps=False)


def test_nothing_due_yet_and_everything_done(cast: Cast) -> None:
    Assignment.objects.filter(list=cast.city_list).update(due_on=date(2026, 12, 1))
    with override("en"):
        early = said(board(cast))
    Assignment.objects.filter(list=cast.city_list).update(due_on=TODAY, stage="completed", completed_on=TODAY)
    with override("en"):
        done = said(board(cast))

    assert early.endswith(
        "3 in all, 0 due, 0 of those completed. Nothing has fallen due yet, so there is no on-time rate."
    )
    assert done.endswith("3 in all, 3 due, 3 of those completed. Everything that fell due is completed.")


def test_long_numbers_are_grouped() -> None:
    assert [sentences.grouped(number) for number in (7, 1234, 1234567)] == ["7", "1,234", "1,234,567"]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_titles_are_in_the_language_of_the_page(cast: Cast, language: str) -> None:
    Assignment.objects.filter(pk=cast.to_county_b.pk).update(late_reason="等上级文件")

    with override(language):
        found = board(cast)
        titles = [sentences.bars_title(found, True), sentences.bars_title(found, False), sentences.heat_title(found),
                  sentences.reasons_title(found)]  # fmt: skip

    assert titles == (
        ["District B CPPCC is 1 short", "1 of 3 units has a gap", "Most is missing from May 2026: 1",
         "Reasons named for late work, most frequent first"]
        if language == "en"
        else ["乙区政协差 1 项，主要原因：等上级文件", "3 家单位中 1 家有差距", "2026年5月没完成的最多，1 项",
              "晚报主要原因：等上级文件"]
    )  # fmt: skip
    assert bool(HAN.search("".join(titles))) is (language != "en")

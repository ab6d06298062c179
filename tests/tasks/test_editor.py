"""A list written in the browser without a file, a copy of last year's, and what happens to two windows (issue 3, section 3)."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import pytest
from django.test import Client

from tasks.models import Assignment, PaperDraft, RowLease, Step, Task, TaskList
from tasks.papers.copies import moved, moved_title, names_year
from tasks.papers.rows import Sheet, read_lines
from tests.conftest import Cast
from tests.factories import at, make_list, make_task

TODAY = date(2026, 5, 12)


@pytest.fixture
def desk(cast: Cast, clock_at: Any, client: Client) -> Client:
    """The city's secretary, signed in, on 12 May 2026."""
    clock_at(TODAY)
    client.force_login(cast.secretary)
    return client


def begin(client: Client, cast: Cast, title: str = "2026年党建任务") -> PaperDraft:
    values = {"op": str(uuid.uuid4()), "title": title, "year": 2026, "issuer": cast.city.pk}
    answer = client.post("/lists/new/", values)
    draft = PaperDraft.objects.get()
    assert answer.headers["Location"] == f"/lists/import/{draft.pk}/rows/"
    return draft


def send(client: Client, draft: PaperDraft, version: Any = None, **fields: Any) -> Any:
    draft.refresh_from_db()
    head = {"title": "2026年党建任务", "year": "2026", "op": str(uuid.uuid4()), "version": version or draft.version}
    answer = client.post(f"/lists/import/{draft.pk}/rows/", {**head, **fields})
    draft.refresh_from_db()
    return answer


def words(draft: PaperDraft) -> list[str]:
    return [row["content"] for row in draft.rows["rows"]]


def test_a_list_is_written_and_published_without_any_file(desk: Client, cast: Cast) -> None:
    draft = begin(desk, cast)
    lines = "报送委员提案线索 | 办公室 | 6月底前\n开展主题党日 | 甲区政协 | 每季度 | 办公室"
    send(desk, draft, do="add", lines=lines)
    answer = send(
        desk, draft, next="1", **{"c-new-content": "学习党章", "c-new-lead_units": "办公室", "c-new-due": "年底前"}
    )

    assert answer.headers["Location"] == f"/lists/import/{draft.pk}/"
    checked = desk.get(answer.headers["Location"])
    assert checked.context["paper"].problems == []
    address = f"/lists/import/{draft.pk}/publish/"
    version = desk.get(address).context["draft"].version
    settled = {"past-all": "finished"}
    desk.post(address, {"op": str(uuid.uuid4()), "version": version, "publish": "1", **settled})

    issued = TaskList.objects.get(title="2026年党建任务")
    assert list(issued.tasks.values_list("number", "text__content")) == [
        ("1", "报送委员提案线索"),
        ("2", "开展主题党日"),
        ("3", "学习党章"),
    ]
    assert set(issued.tasks.first().receivers.values_list("unit", flat=True)) == {cast.city_office.pk}  # type: ignore[union-attr]
    assert Assignment.objects.filter(list=issued, unit=cast.county_a).exists()


def test_rows_are_moved_taken_out_and_the_last_change_undone(desk: Client, cast: Cast) -> None:
    draft = begin(desk, cast)
    send(desk, draft, do="add", lines="甲\n乙\n丙")
    send(desk, draft, do="down:1")
    assert (words(draft), [row["number"] for row in draft.rows["rows"]]) == (["乙", "甲", "丙"], ["1", "2", "3"])
    send(desk, draft, do="delete:2")
    assert (words(draft), [row["number"] for row in draft.rows["rows"]]) == (["甲", "丙"], ["1", "2"])
    send(desk, draft, do="undo")
    assert words(draft) == ["乙", "甲", "丙"]
    send(desk, draft, do="undo")
    assert words(draft) == ["甲", "乙", "丙"]


def test_a_button_keeps_what_was_typed_and_pressed_twice_does_its_deed_once(desk: Client, cast: Cast) -> None:
    draft = begin(desk, cast)
    op = str(uuid.uuid4())
    fields = {"do": "add", "lines": "乙", "c-new-content": "甲", "op": op}
    send(desk, draft, **fields)
    send(desk, draft, version=draft.version - 1, **fields)

    assert words(draft) == ["甲", "乙"]


def test_a_stale_page_shows_both_versions_and_loses_nothing(desk: Client, cast: Cast) -> None:
    draft = begin(desk, cast)
    send(desk, draft, do="add", lines="甲")
    old = draft.version
    send(desk, draft, **{"c-1-content": "甲，在别的窗口改过"})

    answer = send(desk, draft, version=old, **{"c-1-content": "甲，在这里改过", "c-new-content": "新的一行"})

    assert answer.status_code == 409
    assert words(draft) == ["甲，在别的窗口改过"]
    assert all(text in answer.text for text in ("甲，在别的窗口改过", "甲，在这里改过", "新的一行"))
    send(desk, draft, **{"c-1-content": "甲，在这里改过", "c-new-content": "新的一行"})
    assert words(draft) == ["甲，在这里改过", "新的一行"]


def test_the_script_saves_by_itself_and_learns_the_key_of_a_new_row(desk: Client, cast: Cast) -> None:
    draft = begin(desk, cast)
    paper = send(desk, draft, autosave="1", **{"c-new-content": "甲"}).json()
    assert (paper["version"], paper["keys"]) == (draft.version, {"new": ["1", "1"]})

    stale = send(desk, draft, version=draft.version - 1, autosave="1", **{"c-1-content": "乙"})
    assert (stale.status_code, words(draft)) == (409, ["甲"])
    assert send(desk, draft, autosave="1", title="").status_code == 400


def test_a_due_repaired_in_the_check_stands_in_the_field_and_the_written_one_stays(desk: Client, cast: Cast) -> None:
    draft = begin(desk, cast)
    send(desk, draft, do="add", lines="甲 | 办公室 | 尽快尽快")
    draft.answers["rows"] = {"1": {"due": "6月底前"}}
    draft.save()

    assert desk.get(f"/lists/import/{draft.pk}/rows/").context["lines"][0]["cells"]["due"] == "6月底前"
    send(desk, draft, **{"c-1-due": "6月底前", "c-1-content": "甲乙"})
    assert (draft.rows["rows"][0]["due"], draft.answers["rows"]) == ("尽快尽快", {"1": {"due": "6月底前"}})
    send(desk, draft, **{"c-1-due": "7月底前"})
    assert (draft.rows["rows"][0]["due"], draft.answers["rows"]["1"]) == ("7月底前", {})


@pytest.mark.parametrize("rows", [1, 45])
def test_the_editor_asks_the_same_number_of_queries(
    desk: Client, cast: Cast, rows: int, django_assert_max_num_queries: Any
) -> None:
    draft = begin(desk, cast)
    send(desk, draft, do="add", lines="\n".join(f"任务{n} | 办公室 | 6月底前" for n in range(rows)))
    with django_assert_max_num_queries(12):
        page = desk.get(f"/lists/import/{draft.pk}/rows/")
    assert len(page.context["lines"]) == rows + 1


def test_a_list_of_last_year_is_copied_with_its_dates_moved(desk: Client, cast: Cast) -> None:
    old = make_list(cast.city, cast.secretary, "2025年党建工作任务清单", year=2025)
    task = make_task(old, "总结2025年工作", "2025年11月底前")
    Step.objects.create(task=task, phrase="2025年11月底前", kind=Step.Kind.BY, dates=[date(2025, 11, 30)])

    page = desk.get(f"/lists/{old.pk}/copy/")
    assert page.context["form"].initial["title"] == "2026年党建工作任务清单"
    values = {"op": str(uuid.uuid4()), "title": "2026年党建工作任务清单", "year": 2026, "issuer": cast.city.pk}
    answer = desk.post(f"/lists/{old.pk}/copy/", values, follow=True)

    draft = PaperDraft.objects.get()
    assert draft.source_list == old
    assert [(row["content"], row["due"]) for row in draft.rows["rows"]] == [("总结2025年工作", "2026年11月底前")]
    assert "2025" in " ".join(str(message) for message in answer.context["messages"])
    assert Task.objects.filter(list=old).count() == 1


@pytest.mark.parametrize(
    ("phrase", "as_moved"),
    [
        ("6月底前", "6月底前"),
        ("2025年6月底前", "2026年6月底前"),
        ("2025年12月至2026年2月", "2026年12月至2027年2月"),
        ("2025-06-30", "2026-06-30"),
        ("2025.6.30前", "2026.6.30前"),
        ("二〇二五年六月底前", "二〇二六年六月底前"),
        ("次年1月底前", "次年1月底前"),
        ("完成2025件", "完成2025件"),
    ],
)
def test_only_years_that_are_written_out_move(phrase: str, as_moved: str) -> None:
    assert moved(phrase, 1) == as_moved


def test_titles_and_texts_name_years() -> None:
    assert moved_title("示例市政协系统2025年党建工作任务清单", 1) == "示例市政协系统2026年党建工作任务清单"
    assert names_year("召开2025年度总结会", 2025)
    assert names_year("二〇二五年", 2025)
    assert not names_year("编号120253", 2025)


def test_lines_are_read_as_people_write_them() -> None:
    typed = read_lines("甲 | 办公室、机关党委 | 6月底前 | 各县区政协\n乙｜年底前\n丙 | 办公室\n\n丁")
    assert [(row["content"], row.get("lead_units"), row.get("due")) for row in typed] == [
        ("甲", ["办公室", "机关党委"], "6月底前"),
        ("乙", [], "年底前"),
        ("丙", ["办公室"], None),
        ("丁", None, None),
    ]


def test_pasted_cells_are_read_with_and_without_a_header() -> None:
    with_header = read_lines("序号\t任务内容\t牵头单位\t完成时限\n1\t甲\t办公室\t6月底前\n2\t乙\t办公室\t年底前")
    bare = read_lines("1\t甲\t办公室\t6月底前\n2\t乙\t办公室\t年底前")
    assert [(r["number"], r["content"], r["lead_units"], r["due"]) for r in with_header] == [
        (r["number"], r["content"], r["lead_units"], r["due"]) for r in bare
    ]
    assert bare[1]["content"] == "乙"


def test_a_key_of_a_row_is_never_given_twice() -> None:
    sheet = Sheet.of({"rows": []}, {"rows": {}})
    sheet.add_lines("甲\n乙")
    sheet.repairs["2"] = {"due": "6月底前"}
    sheet.remove("2")
    sheet.add_lines("丙")
    assert sheet.field(sheet.rows[1], "due") == ""


def test_many_rows_are_changed_at_once_after_they_were_shown_and_undone(desk: Client, cast: Cast) -> None:
    draft = begin(desk, cast)
    send(
        desk,
        draft,
        do="add",
        lines="报送案例 | 办公室 | 6月底前\n报送名单 | 办公室 | 年底前\n开展活动 | 办公室 | 年底前",
    )
    wish = {"bulk_what": "due", "bulk_text": "9月底前", "pick": ["1", "2"]}

    shown = send(desk, draft, do="bulk", **{**wish, "c-3-content": "开展主题活动"})

    assert [(change.key, change.old, change.new) for change, _column in shown.context["changes"]] == [
        ("1", "6月底前", "9月底前"),
        ("2", "年底前", "9月底前"),
    ]
    assert words(draft)[2] == "开展主题活动"  # what was typed is kept, nothing else
    assert [row["due"] for row in draft.rows["rows"]] == ["6月底前", "年底前", "年底前"]
    send(desk, draft, do="bulk-apply", **wish)
    assert [row["due"] for row in draft.rows["rows"]] == ["9月底前", "9月底前", "年底前"]
    send(desk, draft, do="bulk-apply", bulk_what="replace", bulk_find="报送", bulk_text="上报", all="1")
    assert words(draft) == ["上报案例", "上报名单", "开展主题活动"]
    send(desk, draft, do="undo")
    send(desk, draft, do="undo")
    assert [row["due"] for row in draft.rows["rows"]] == ["6月底前", "年底前", "年底前"]
    assert send(desk, draft, do="bulk", bulk_what="due").status_code == 400


def test_a_heading_is_put_above_a_row_and_named_for_its_whole_group(desk: Client, cast: Cast) -> None:
    draft = begin(desk, cast)
    send(desk, draft, do="add", lines="甲\n乙\n丙")
    send(desk, draft, do="heading:2")
    send(desk, draft, **{"g-2": "二、组织建设"})
    assert [row["heading"] for row in draft.rows["rows"]] == [[], ["二、组织建设"], ["二、组织建设"]]
    page = desk.get(f"/lists/import/{draft.pk}/rows/")
    assert [line.get("group") for line in page.context["lines"][:3]] == [None, "二、组织建设", None]
    send(desk, draft, **{"g-2": ""})
    assert [row["heading"] for row in draft.rows["rows"]] == [[], [], []]


def test_two_people_write_in_one_shared_draft_and_lose_nothing(desk: Client, cast: Cast, client: Client) -> None:
    draft = begin(desk, cast)
    send(desk, draft, do="add", lines="甲\n乙\n丙")
    other = Client()
    other.force_login(cast.second)
    address = f"/lists/import/{draft.pk}/rows/"
    assert other.get(address).status_code == 404  # a draft is its maker's alone until he shares it
    send(desk, draft, do="share")
    old = draft.version
    head = {"autosave": "1", "touched": "1", "at": "1", "c-1-content": "甲一", "c-2-content": "旧的乙"}

    mine = send(desk, draft, old, **head).json()
    theirs = send(
        other, draft, old, **{**head, "touched": "1,2", "at": "2", "c-1-content": "抢写", "c-2-content": "乙二"}
    ).json()

    assert words(draft) == ["甲一", "乙二", "丙"]  # each row by who writes in it, nothing overwritten
    assert (mine["locks"].keys(), theirs["locks"].keys()) == (set(), {"1"})
    assert theirs["stand"]["1"]["content"] == "甲一"
    assert cast.secretary.name in other.get(address).text
    RowLease.objects.filter(row="1").update(until_at=at(TODAY, 8))  # its window was closed: anyone takes it over
    assert send(other, draft, old, **{**head, "at": "1", "c-1-content": "甲三"}).json()["locks"] == {}
    assert words(draft)[0] == "甲三"
    send(other, draft, **{**head, "touched": "head,g-3", "title": "共同写的清单", "g-3": "二、其他"})
    assert (draft.answers["title"], draft.rows["rows"][2]["heading"]) == ("共同写的清单", ["二、其他"])
    assert send(other, draft, do="unshare").status_code == 403
    send(desk, draft, do="unshare")
    assert other.get(address).status_code == 404

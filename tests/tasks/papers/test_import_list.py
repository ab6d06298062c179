"""`manage.py import_list`: what scripts are told about a file, and what is kept of it."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override

from tasks.models import PaperDraft, TaskList
from tests.conftest import Cast
from tests.lists import CITY_KEY, CITY_LIST, ROOT, shared_lists, table

FAULTY = (
    "2026年任务清单,,,,\n"
    "编号,工作任务,责任单位,协办单位,完成时间\n"
    "1,报送案例,提案委员会,甲区政协、乙区政协,6月底前\n"
    "2,整理台账,秘书二处,,11月31日前\n"
    "3,编印汇编,办公室,,3月：草拟方案 4月：印发\n"
    "4,召开会议,,,尽快\n"
)


def answered(path: Path, unit: str = "city", **options: Any) -> dict[str, Any]:
    out = io.StringIO()
    with override("en"):
        call_command("import_list", str(path), unit=unit, year=2026, json=True, stdout=out, **options)
    found = json.loads(out.getvalue())
    assert isinstance(found, dict)
    return found


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    """A list with three faults, in the encoding of old office machines."""
    path = tmp_path / "清单.csv"
    path.write_bytes(FAULTY.encode("gb18030"))
    return path


def test_a_dry_run_tells_tasks_steps_problems_and_units_and_writes_nothing(cast: Cast, faulty: Path) -> None:
    lists = TaskList.objects.count()

    found = answered(faulty, dry_run=True)

    assert [task["number"] for task in found["tasks"]] == ["1", "2", "3", "4"]
    assert [(step["task"], step["kind"], step["dates"], step["name"]) for step in found["steps"]] == [
        ("1", "by", ["2026-06-30"], ""),
        ("2", "unclear", [], ""),
        ("3", "window", ["2026-03-31"], "草拟方案"),
        ("3", "window", ["2026-04-30"], "印发"),
        ("4", found["steps"][4]["kind"], [], ""),
    ]
    assert [(p["row"], p["column"], p["cell"], p["text"]) for p in found["problems"]] == [
        (4, "责任单位", "C4", "秘书二处"),
        (4, "完成时间", "E4", "11月31日前"),
        (6, "责任单位", "C6", ""),
        (6, "完成时间", "E6", "尽快"),
    ]
    assert all(problem["message"] for problem in found["problems"])
    units = {unit["text"]: [match["code"] for match in unit["matches"]] for unit in found["units"]}
    assert (units["甲区政协"], units["秘书二处"]) == (["county-a"], [])
    assert PaperDraft.objects.count() == 0
    assert TaskList.objects.count() == lists


def test_without_dry_run_one_draft_lies_on_the_desk_and_nothing_is_published(cast: Cast, faulty: Path) -> None:
    lists = TaskList.objects.count()

    first = answered(faulty, by="secretary")
    again = answered(faulty, by="secretary")

    draft = PaperDraft.objects.get()
    assert (draft.owner, draft.issuer, draft.answers["year"]) == (cast.secretary, cast.city, 2026)
    assert first["draft"] == again["draft"] == draft.pk
    assert TaskList.objects.count() == lists


def test_whose_desk_is_asked_and_a_stranger_is_refused(cast: Cast, faulty: Path) -> None:
    with pytest.raises(CommandError, match="--by"):
        answered(faulty)
    with pytest.raises(CommandError, match="no desk"):
        answered(faulty, by="stranger")
    with pytest.raises(CommandError, match="code"):
        answered(faulty, unit="nowhere")
    assert not PaperDraft.objects.exists()


def test_a_file_that_cannot_be_read_is_told_and_fails(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "broken.xlsx"
    path.write_bytes(CITY_LIST.read_bytes()[:500])
    out = io.StringIO()

    with pytest.raises(CommandError):
        call_command("import_list", str(path), unit="city", year=2026, json=True, stdout=out)

    found = json.loads(out.getvalue())
    assert (found["tasks"], len(found["problems"])) == ([], 1)
    assert not PaperDraft.objects.exists()


def test_the_city_list_is_told_with_its_groups(cast: Cast) -> None:
    found = answered(CITY_LIST, dry_run=True)

    key = table(CITY_KEY)
    assert [step["kind"] for step in found["steps"]] == [line["kind"] for line in key]
    assert [" ".join(step["dates"]) for step in found["steps"]] == [line["dates"] for line in key]
    groups = {unit["text"] for unit in found["units"] if [match["kind"] for match in unit["matches"]] == ["group"]}
    assert {"各县（市、区）政协", "各党支部", "各专委会"} <= groups


@pytest.mark.parametrize(
    ("name", "tasks", "undated"),
    [
        ("01-city-departments-clean-risk-requirements.csv", 13, []),
        ("02-county-units-clean-risk-requirements.csv", 9, []),
        ("11-college-2017-party-departments.xlsx", 34, [10]),
    ],
)
def test_real_lists_have_the_problems_that_are_in_them(cast: Cast, name: str, tasks: int, undated: list[int]) -> None:
    found = answered(shared_lists() / name, dry_run=True)

    assert len(found["tasks"]) == tasks
    assert [p["row"] for p in found["problems"] if p["column"] == "牵头单位"] == [
        task["row"] for task in found["tasks"]
    ]
    rest = [p for p in found["problems"] if p["column"] != "牵头单位"]
    assert [p["row"] for p in rest] == undated


@pytest.mark.parametrize(
    ("name", "tasks", "steps", "undated"),
    [("twin-01.csv", 13, 13, []), ("twin-02.csv", 9, 9, []), ("twin-11.xlsx", 10, 27, [7])],
)
def test_twins_have_the_problems_that_are_in_them(
    cast: Cast, name: str, tasks: int, steps: int, undated: list[int]
) -> None:
    found = answered(ROOT / "tests" / "data" / name, dry_run=True)

    assert (len(found["tasks"]), len(found["steps"])) == (tasks, steps)
    assert [p["row"] for p in found["problems"] if p["column"] == "牵头单位"] == [
        task["row"] for task in found["tasks"]
    ]
    assert [p["row"] for p in found["problems"] if p["column"] != "牵头单位"] == undated

"""The archive package: a folder for each number and unit, an index with links, and nothing that one may not see."""

from __future__ import annotations

import io
import itertools
import re
import zipfile
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from branches.models import User
from tasks.actions import history
from tasks.models import Assignment, Evidence, Report, StoredFile, Task
from tasks.papers.out.archive import stream_archive
from tasks.papers.out.archive_names import Names
from tasks.queries.archive import Entry, Paper
from tasks.states import Stage
from tasks.uploads import location
from tests.conftest import Cast
from tests.factories import at, make_report

TODAY = date(2026, 5, 12)


@pytest.fixture(autouse=True)
def _place(clock_at: Any, settings: Any, tmp_path: Any) -> None:
    clock_at(TODAY)
    settings.MEDIA_ROOT = tmp_path


def hand_in(row: Assignment, by: User, words: str, kind: str = "completion", day: date = TODAY) -> Report:
    """A report with one file that holds the words, too."""
    report = make_report(row, by=by, now=at(day), text=words, kind=kind)
    content = f"{words}文件".encode()
    token = f"{report.pk:032x}"
    file = StoredFile.objects.create(
        sha256=token * 2, size=len(content), content_type="text/plain", name=f"{words}.TXT", path=f"aa/{token}",
        uploaded_by=by, uploaded_at=at(day),
    )  # fmt: skip
    location(file).parent.mkdir(exist_ok=True)
    location(file).write_bytes(content)
    Evidence.objects.create(report=report, file=file)
    return report


def package(client: Client, user: User, pk: int) -> zipfile.ZipFile:
    client.force_login(user)
    answer = client.get(f"/lists/{pk}/archive.zip")
    assert answer.status_code == 200
    assert answer.streaming
    found = zipfile.ZipFile(io.BytesIO(answer.getvalue()))
    assert found.testzip() is None
    return found


def sheets(found: zipfile.ZipFile) -> tuple[list[list[Any]], list[list[Any]]]:
    book = load_workbook(io.BytesIO(found.read("index.xlsx")))
    first, second = book.worksheets
    return [list(row) for row in first.iter_rows()], [list(row) for row in second.iter_rows()]


def everything(found: zipfile.ZipFile) -> str:
    """All names, all files and all cells, to look for canaries."""
    cells = [str(cell.value) for sheet in sheets(found) for row in sheet for cell in row]
    files = [found.read(name).decode() for name in found.namelist() if name != "index.xlsx"]
    return "\n".join([*found.namelist(), *files, *cells])


def test_every_file_lies_in_the_folder_of_its_number_and_unit_and_is_linked(cast: Cast, client: Client) -> None:
    hand_in(cast.to_county_a, cast.county_secretary, "初次报送", day=date(2026, 5, 11))
    hand_in(cast.to_county_a, cast.county_secretary, "补充报送", day=date(2026, 5, 11))
    number = cast.to_county_a.task.number

    found = package(client, cast.secretary, cast.city_list.pk)

    folder = f"{number}/甲区政协/{number}-甲区政协-20260511"
    assert found.namelist() == [f"{folder}.txt", f"{folder}-2.txt", "index.xlsx"]
    assert found.read(f"{folder}.txt").decode() == "初次报送文件"
    assert all(info.flag_bits & 0x800 for info in found.infolist() if not info.filename.isascii())
    rows, missing = sheets(found)
    row = next(row for row in rows if row[2].value == "甲区政协")
    assert [cell.hyperlink.target for cell in row if cell.hyperlink] == [f"{folder}.txt", f"{folder}-2.txt"]
    assert [row[1].value, row[10].value] == ["甲区报送党建案例", "补充报送"]
    assert len(rows) == 4  # the head, and each of the three rows of the list
    assert len(missing) == 2


def test_a_completed_row_shows_the_report_that_was_accepted(cast: Cast, client: Client) -> None:
    hand_in(cast.to_office, cast.clerk, "认可的文字", day=date(2026, 5, 10))
    hand_in(cast.to_office, cast.clerk, "后来的进展", kind="progress")
    Assignment.objects.filter(pk=cast.to_office.pk).update(
        stage=Stage.COMPLETED, completed_on=date(2026, 5, 11), reported_on=date(2026, 5, 10)
    )

    rows, _missing = sheets(package(client, cast.secretary, cast.city_list.pk))

    row = next(row for row in rows if row[1].value == "办公室整理台账")
    assert [cell.value for cell in row[8:11]] == ["2026-05-10", "2026-05-11", "认可的文字"]


def test_a_county_gets_nothing_of_its_siblings(cast: Cast, client: Client) -> None:
    hand_in(cast.to_county_b, cast.stranger, "乙区暗记")
    hand_in(cast.to_county_a, cast.county_secretary, "甲区所报")
    assert "乙区暗记文件" in everything(package(client, cast.secretary, cast.city_list.pk))

    words = everything(package(client, cast.county_secretary, cast.city_list.pk))

    assert "甲区所报文件" in words
    assert "乙区" not in words


def test_across_the_boundary_only_what_the_other_body_submitted(cast: Cast, client: Client) -> None:
    row = cast.to_county_a
    hand_in(row, cast.county_secretary, "进展暗记", kind="progress", day=date(2026, 5, 8))
    hand_in(row, cast.county_secretary, "撤回暗记", day=date(2026, 5, 9))
    history.write([history.line("take_back", row=row, by=cast.county_secretary, now=at(date(2026, 5, 9), 10))])
    hand_in(row, cast.county_secretary, "正式报送", day=date(2026, 5, 10))
    Assignment.objects.filter(pk=row.pk).update(person=cast.head_a)
    inside = everything(package(client, cast.county_secretary, cast.city_list.pk))
    assert all(words in inside for words in ("进展暗记文件", "撤回暗记文件", "正式报送文件", cast.head_a.name))

    words = everything(package(client, cast.secretary, cast.city_list.pk))

    assert "正式报送文件" in words
    assert "暗记" not in words
    assert cast.head_a.name not in words


@pytest.mark.parametrize("harm", ["gone", "cut short"])
def test_a_file_that_the_disk_lost_is_listed_and_breaks_nothing(cast: Cast, client: Client, harm: str) -> None:
    hand_in(cast.to_county_a, cast.county_secretary, "遗失材料")
    hand_in(cast.to_office, cast.clerk, "留存材料")
    lost = location(StoredFile.objects.get(name="遗失材料.TXT"))
    if harm == "gone":
        lost.unlink()
    else:
        lost.write_bytes(lost.read_bytes()[:3])

    found = package(client, cast.secretary, cast.city_list.pk)

    assert "遗失材料文件" not in everything(found)
    assert "留存材料文件" in everything(found)
    _rows, missing = sheets(found)
    assert [(row[2].value, row[5].value) for row in missing[1:]] == [("甲区政协", "遗失材料.TXT")]


def test_evidence_that_is_asked_for_and_not_there_is_listed(cast: Cast, client: Client) -> None:
    Task.objects.filter(pk=cast.to_county_a.task_id).update(evidence_required=True, evidence_reason="上级统一归档")
    cast.to_office.task.text.evidence_written = "台账照片"
    cast.to_office.task.text.save()
    cast.to_county_b.task.text.evidence_written = "无"
    cast.to_county_b.task.text.save()

    _rows, missing = sheets(package(client, cast.secretary, cast.city_list.pk))

    assert {(row[2].value, row[5].value) for row in missing[1:]} == {
        ("甲区政协", "上级统一归档"),
        ("办公室", "台账照片"),
    }


@pytest.mark.parametrize("name", ["nobody", "foreigner", "auditor", "admin"])
def test_who_sees_no_row_gets_404(cast: Cast, client: Client, name: str) -> None:
    client.force_login(cast.person(name))

    assert client.get(f"/lists/{cast.city_list.pk}/archive.zip").status_code == 404


def test_names_can_be_written_on_windows_and_are_never_the_same() -> None:
    names = Names()
    hostile = ["CON", "com1.x", "a/b:c?", "a b c_", "尾点. ", "x" * 300, "党\u202egpj", "..", "", "Ab", "aB", "50%#"]
    places = [
        names.place(task, number, unit, words, 1, f"{words}.PDF", TODAY)[0]
        for task, number in enumerate(["1/2", "1:2", "NUL", "a", "A"])
        for unit, words in enumerate(hostile)
    ]

    assert len({place.casefold() for place in places}) == len(places)
    for place in places:
        assert len(place) < 150
        for part in place.split("/"):
            assert re.fullmatch(r'[^<>:"\\|?*#%\x00-\x1f\u202e\s]+', part)
            assert not part.endswith(".")
            assert part.partition(".")[0].upper() not in {"CON", "NUL", "COM1"}


def test_it_goes_out_while_the_rows_are_still_read(cast: Cast) -> None:
    report = hand_in(cast.to_office, cast.clerk, "材料")
    file = StoredFile.objects.get(evidence__report=report)
    text, read = cast.to_office.task.text, list[int]()

    def endless() -> Iterator[Entry]:
        for number in itertools.count(1):
            read.append(number)
            cast.to_office.task = Task(pk=number, number=str(number), text=text)
            yield Entry(cast.to_office, report, [Paper(file, TODAY)])

    pieces = stream_archive(endless(), "zh-hans")
    first = b"".join(itertools.islice(pieces, 30))

    assert first.startswith(b"PK")
    assert "材料文件".encode() in first
    assert len(read) < 30

"""Chinese names in Latin letters, codes, passwords and masked phones."""

from __future__ import annotations

import pytest

from branches import names


@pytest.mark.parametrize(
    ("text", "whole", "first"),
    [
        ("示例市政协机关党委", "shilishizhengxiejiguandangwei", "slszxjgdw"),
        ("第12党支部（甲）", "di12dangzhibujia", "d12dzbj"),
        ("Office A", "officea", "oa"),
        ("", "", ""),
    ],
)
def test_pinyin_and_initials(text: str, whole: str, first: str) -> None:
    assert names.pinyin(text) == whole
    assert names.initials(text) == first


def test_person_pinyin_reads_a_surname_as_a_surname() -> None:
    assert names.person_pinyin("曾敏") == "zengmin zm"


def test_unit_letters_hold_the_short_name_too() -> None:
    assert names.unit_letters("示例市政协机关党委", "机关党委")["initials"] == "slszxjgdw jgdw"


def test_masked_phone_shows_four_digits() -> None:
    assert names.masked("13800001234") == "****1234"
    assert names.masked("") == ""

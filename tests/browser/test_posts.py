"""ADM-3: a person changes post, in four presses, in both languages, at a desk and on a phone (ux b.4)."""

from __future__ import annotations

import pytest

from devtools.showroom import Showroom
from tests.browser.conftest import Enter

pytestmark = pytest.mark.usefixtures("fresh")
WHO = "SELECT id, name FROM branches_user WHERE username IN ('demo-secretary', 'demo-leader') ORDER BY username DESC"
WORDS = {
    "zh": ("交接", "接任人", "下一步：核对移交事项", "随之移交", "撤销交接"),
    "en": ("Hand over", "Successor", "Next: what goes along", "Goes along", "Undo the handover"),
}


@pytest.mark.parametrize(("lang", "width"), [("zh", 1366), ("en", 360)])
def test_posts_are_handed_over_in_four_presses(enter: Enter, showroom: Showroom, lang: str, width: int) -> None:
    (person, _name), (_heir, heir) = showroom.ask(WHO)
    deed, successor, following, along, back = WORDS[lang]
    visitor = enter("admin", lang=lang, width=width, height=740 if width < 500 else 900)
    visitor.go(f"/people/{person}/")
    visitor.presses = 0

    visitor.press(deed)
    visitor.look()
    visitor.page.get_by_role("combobox", name=successor).fill(heir)
    visitor.press(following)
    visitor.look()
    assert along in visitor.words
    visitor.press(deed)

    assert visitor.path == f"/people/{person}/"
    assert visitor.presses <= 4, "ADM-3: four clicks"
    assert visitor.find(back).count() == 1
    visitor.press(back)
    posts = "SELECT count(*) FROM branches_post WHERE user_id = %s AND ends_on IS NULL"
    assert showroom.ask(posts, person) == [(3,)]

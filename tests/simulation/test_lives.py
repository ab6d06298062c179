"""A simulated life is one that the product's own arrows allow, and never reaches into the future."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from cppcc_party.simulation.lives import NEVER, Days, Fate
from tasks.states import MOVES, Stage

TODAY = date(2026, 11, 20).toordinal()
DAYS = Days(date(2024, 1, 1), date(2028, 1, 31))


@given(
    seed=st.integers(0, 10**6),
    begun=st.integers(TODAY - 600, TODAY - 1),
    run=st.integers(5, 330),
    crosses=st.booleans(),
    parts=st.sampled_from([0, 3, 40, NEVER]),
)
def test_every_deed_is_an_arrow_in_its_order(seed: int, begun: int, run: int, crosses: bool, parts: int) -> None:
    fate, due = Fate(Random(seed), DAYS, TODAY), begun + run
    signed = DAYS.add(begun, 1) if crosses else 0
    broken = DAYS.add(signed, 1) if crosses and parts else 0

    life = fate.live(begun, due, signed=signed, broken_on=broken, parts_done=min(NEVER, broken + parts))

    stage = Stage.ISSUED
    for deed in life.deeds:
        move = MOVES[deed.move]
        assert deed.before == stage
        assert stage in move.sources
        assert move.target in (None, deed.after)
        assert begun < deed.day < TODAY
        stage = deed.after
    assert life.stage == stage
    assert all(first.day < second.day for first, second in pairwise(life.deeds))
    assert (life.completed_on > 0) == (stage == Stage.COMPLETED)
    assert (life.submitted_on > 0) == (stage in (Stage.REPORTED, Stage.COMPLETED))
    assert stage != Stage.RETURNED or life.supplement_by > 0
    if broken and parts == NEVER:
        assert not life.over


def test_days_know_the_calendar() -> None:
    friday = date(2026, 11, 20).toordinal()

    assert DAYS.word(friday) == "2026-11-20"
    assert DAYS.add(friday, 1) == friday + 3
    assert DAYS.on_or_before(friday + 2) == friday
    assert DAYS.on_or_after(date(2026, 10, 1).toordinal()) == date(2026, 10, 8).toordinal()
    assert date.fromordinal(DAYS.add(friday, 5)) == date(2026, 11, 20) + timedelta(days=7)

"""Where a branch stands on its way, and the one thing to do next (ux S17): for the page of the branch and the first page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from branches import rules
from branches.models import Branch, BranchState, Pairing, Post, Unit, User
from branches.models.words import active_q
from branches.roles import Role

NEWS = timedelta(days=30)  # as long as an announcement stands on the first page of a member
NEAR = timedelta(days=14)  # before its end a branch is asked for its summary (design 3 asks for its work on that day)


@dataclass(frozen=True)
class Stop:
    """One station on the way, and whether it lies behind."""

    words: str
    done: bool


@dataclass(frozen=True)
class Next:
    """The one next step: words that say why, and the button; `press` when a press does it, else a page opens."""

    words: str
    label: str
    url: str
    press: bool = False


def way(branch: Branch, needs_met: bool, over: bool) -> list[Stop]:
    """Planned, approved, head and members, announced, active, summed up, ended."""
    begun = branch.activated_on is not None or branch.state in (BranchState.ACTIVE, BranchState.ENDED)
    return [
        Stop(pgettext("step", "Plan"), True),
        Stop(pgettext("step", "Approval"), branch.state != BranchState.PLANNED),
        Stop(pgettext("step", "Head and members"), begun or needs_met),
        Stop(pgettext("step", "Announcement"), branch.announced_on is not None),
        Stop(pgettext("branch", "Active"), begun),
        Stop(pgettext("step", "Summary"), bool(branch.summary)),
        Stop(pgettext("branch", "Ended"), over),
    ]


def next_step(
    branch: Branch, needs: Sequence[rules.Need], posts: Sequence[Post], speaks: Post | None, on: date, over: bool
) -> Next | None:
    """What a person with these posts, who speaks for the branch or does not, does next for it; None where it is not his turn
    or nothing is due."""
    keeps = rules.keeper(posts, branch.unit.body_id)
    if over:
        if speaks and not branch.summary and branch.activated_on:
            return Next(_("The branch has ended without a summary"), _("Write summary"), _to("branch-summary", branch))
        return None
    if branch.state == BranchState.PLANNED:
        return _approval(branch, posts, keeps)
    if branch.state == BranchState.APPROVED:
        return _founding(branch, needs, keeps, speaks)
    if speaks and branch.announced_on is None and branch.temporary:
        return _announce(branch)
    near = branch.unit.ends_on is not None and branch.unit.ends_on <= on + NEAR
    if speaks and near and not branch.summary:
        return Next(
            _("The branch ends soon: sum up what it has done"), _("Write summary"), _to("branch-summary", branch)
        )
    return None


def _approval(branch: Branch, posts: Sequence[Post], keeps: Post | None) -> Next | None:
    own = branch.asked and rules.heads_unit(posts, branch.asked)
    if own:
        return Next(_("Your unit is asked to approve this branch"), _("Approve"), _to("branch-approve", branch))
    words = _("The higher party organisation approves the branch; the paper is entered here")
    return Next(words, _("Enter approval"), _to("branch-approve", branch)) if keeps else None


def _founding(branch: Branch, needs: Sequence[rules.Need], keeps: Post | None, speaks: Post | None) -> Next | None:
    missing = [need for need in needs if not need.met]
    if missing and keeps:
        if missing[0] is needs[-1]:  # the head comes last of the needs
            query = f"?role=head&by={branch.approved_by_id or ''}&next={branch.get_absolute_url()}"
            return Next(missing[0].words, _("Appoint head"), reverse("branches:appoint", args=[branch.unit_id]) + query)
        return Next(missing[0].words, _("Add members"), _to("branch-members", branch))
    if not missing and speaks and branch.announced_on is None:
        return _announce(branch)
    if not missing and keeps:
        return Next(_("Everything is there"), pgettext("branch", "Activate"), _to("branch-activate", branch))
    return None


def _announce(branch: Branch) -> Next:
    words = _("Every member finds the announcement on the first page")
    return Next(words, _("Announce to all members"), _to("branch-announce", branch), press=True)


def _to(name: str, branch: Branch) -> str:
    return reverse(f"branches:{name}", args=[branch.pk])


def announced_to(user: User, on: date) -> QuerySet[Branch]:
    """Branches announced of late to this person, who is a member: the first page tells of them."""
    mine = user.memberships.filter(active_q(on)).values("branch")
    rows = Branch.objects.filter(pk__in=mine, announced_on__gt=on - NEWS, announced_on__lte=on)
    return rows.exclude(state=BranchState.ENDED).exclude(unit__ends_on__lte=on)


def asked_of(units: Sequence[int]) -> QuerySet[Branch]:
    """Planned branches whose approval is asked of these units: their heads find them on the first page."""
    return Branch.objects.filter(state=BranchState.PLANNED, asked__in=units)


def pairings(branch: Branch) -> QuerySet[Pairing]:
    """With whom the branch is and was paired; what goes on first."""
    rows = Pairing.objects.filter(Q(office=branch) | Q(members=branch))
    return rows.select_related("office__unit", "members__unit").order_by("ends_on", "-starts_on", "pk")


def partners(branch: Branch, user: User, on: date) -> QuerySet[Branch]:
    """Active branches of the other line in the same body, with which it could be paired."""
    other = "members" if branch.line == "office" else "office"
    rows = Branch.objects.visible_to(user, on).filter(line=other, state=BranchState.ACTIVE)
    rows = rows.filter(unit__body=branch.unit.body_id).exclude(unit__ends_on__lte=on)
    return rows.select_related("unit").order_by("unit__path")


def approvers(user: User, posts: Sequence[Post], branch: Branch, on: date) -> QuerySet[Unit]:
    """In whose name this person may enter the approval: any fitting unit for the organisation admin, else units he heads."""
    fitting = rules.can_approve(Unit.objects.visible_to(user, on), branch, on)
    if rules.keeper(posts, branch.unit.body_id):
        return fitting
    return fitting.filter(pk__in=[post.unit_id for post in posts if post.role == Role.HEAD])

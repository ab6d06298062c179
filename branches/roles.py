"""Roles as readable data: who sees how far, and who may do what to the tree (design 3).

What may be done to lists and assignments stands in one table of role × move in `tasks.states`.
"""

from django.db import models
from django.utils.translation import pgettext_lazy


class Role(models.TextChoices):
    """What a post lets its holder do; a person may hold several."""

    SECRETARY = "secretary", pgettext_lazy("role", "Party-affairs secretary")
    HEAD = "head", pgettext_lazy("role", "Head")
    LEADER = "leader", pgettext_lazy("role", "Leader")
    MEMBER = "member", pgettext_lazy("role", "Member")
    INSTRUCTOR = "instructor", pgettext_lazy("role", "Party-building instructor")
    TREE_ADMIN = "tree_admin", pgettext_lazy("role", "Organisation admin")
    SYSTEM_ADMIN = "system_admin", pgettext_lazy("role", "System admin")
    AUDITOR = "auditor", pgettext_lazy("role", "Auditor")
    LIAISON = "liaison", pgettext_lazy("role", "Liaison")


# How far a role sees assignments: its unit and all below it in the same body, its own unit only, or none at all.
SEES_BELOW = frozenset({Role.SECRETARY, Role.HEAD, Role.LEADER})
SEES_OWN = frozenset({Role.MEMBER, Role.INSTRUCTOR, Role.LIAISON})
SEES_NO_CONTENT = frozenset({Role.TREE_ADMIN, Role.SYSTEM_ADMIN, Role.AUDITOR})

# Who may change the tree, appoint people and set a body's wishes; each within his own body, the system admin anywhere.
KEEPS_TREE = frozenset({Role.TREE_ADMIN, Role.SYSTEM_ADMIN})
SETS_WISHES = frozenset({Role.TREE_ADMIN, Role.SYSTEM_ADMIN, Role.SECRETARY})
ANSWERS_FEEDBACK = frozenset({Role.TREE_ADMIN, Role.SYSTEM_ADMIN, Role.SECRETARY})
SEES_STANDING = frozenset({Role.SECRETARY, Role.HEAD, Role.TREE_ADMIN})
ADMINISTERS = frozenset({Role.TREE_ADMIN, Role.SYSTEM_ADMIN, Role.AUDITOR})

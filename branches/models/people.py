"""People: who they are, which posts they hold, and how far they see because of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from branches.models.units import Unit
from branches.models.words import Span, SpanQuerySet, active_q, span_check
from branches.roles import KEEPS_TREE, SEES_BELOW, SEES_OWN, Role


@dataclass(frozen=True)
class Sight:
    """How far a person sees on one day, worked out from posts and branch memberships (design 3 and 6)."""

    below: tuple[tuple[int, str], ...]  # (body id, path): this unit and all below it inside the body
    own: tuple[int, ...]  # unit ids: this unit only
    bodies: tuple[int, ...]  # ids of the bodies in which the person has any post or membership
    body_paths: tuple[str, ...]
    whole_tree: bool  # a system admin keeps the tree everywhere, and sees no content
    member_of: tuple[tuple[int, str, int | None], ...] = ()  # (unit id, path, body id) of branches he belongs to
    heads: tuple[int, ...] = ()  # ids of the units of `below`

    def serves(self, path: str, body: int | None, unit: int) -> bool:
        """The same question as `q`, for one row in hand."""
        return unit in self.own or any(
            path == prefix or (body == own and path.startswith(prefix)) for own, prefix in self.below
        )

    def q(self, path: str = "unit_path", body: str = "body_id", unit: str = "unit_id") -> Q:
        """The condition that a row's unit is served by this person; false for a person without posts."""
        # what one's own unit did stays its own to read, even what it did in another body (decision 0018); asked by its id,
        # as the body below, so that each part of the condition has an index and no table is read as a whole
        units = {*self.own, *self.heads}
        q = Q(**{f"{unit}__in": sorted(units)}) if units else Q(pk__in=[])
        for body_id, prefix in self.below:
            q |= Q(**{body: body_id, f"{path}__startswith": prefix})
        return q


class UserQuerySet(models.QuerySet["User"]):
    """Ways to speak of people."""

    def visible_to(self, user: User, on: date) -> Self:
        """People of the bodies in which `user` serves; a system admin sees every account."""
        sight = user.sight(on)
        if sight.whole_tree:
            return self
        himself = User.objects.filter(pk=user.pk).order_by().values("pk")
        serving = Post.objects.filter(unit__body_id__in=sight.bodies).order_by().values("user_id")
        seated = CppccMembership.objects.filter(body_id__in=sight.bodies).order_by().values("user_id")
        members = User.objects.filter(memberships__branch__unit__body_id__in=sight.bodies).order_by().values("pk")
        return self.filter(pk__in=himself.union(serving, seated, members))  # sets of keys: nobody else is looked at


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc] # a class made at run time
    """Makes accounts; a person without a password cannot sign in with one."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        """A new account. A missing password leaves the account closed until an invitation is used."""
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class TellBy(models.TextChoices):
    """Which way a person wants to hear; one way, so that nothing is said twice."""

    CHAT = "", _("In DingTalk or WeCom where an id is entered, else by mail")
    MAIL = "mail", _("By mail only")


class User(AbstractBaseUser):
    """One person, however many posts he holds."""

    username = models.CharField(_("User name"), max_length=64, unique=True)
    name = models.CharField(_("Name"), max_length=60)
    name_en = models.CharField(_("Name in English"), max_length=80, blank=True)
    pinyin = models.CharField(_("Pinyin"), max_length=120, blank=True, db_index=True)
    email = models.EmailField(_("Email"), blank=True)
    phone = models.CharField(_("Phone"), max_length=24, blank=True)
    dingtalk_id = models.CharField(_("DingTalk user id"), max_length=64, blank=True)
    wecom_id = models.CharField(_("WeCom user id"), max_length=64, blank=True)
    tell_by = models.CharField(_("Messages"), max_length=8, choices=TellBy, default=TellBy.CHAT, blank=True)
    language = models.CharField(_("Language"), max_length=10, default="zh-hans")
    large_type = models.BooleanField(_("Large type"), default=False)
    quiet_from = models.TimeField(_("Quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("Quiet until"), null=True, blank=True)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects = UserManager()

    class Meta:
        ordering = ["pinyin", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["dingtalk_id"], condition=~Q(dingtalk_id=""), name="dingtalk_id_once"),
            models.UniqueConstraint(fields=["wecom_id"], condition=~Q(wecom_id=""), name="wecom_id_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def local_name(self) -> str:
        """The name for the language of the page, as of everything that has two."""
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name

    def get_absolute_url(self) -> str:
        return reverse("branches:person", args=[self.pk])

    @cached_property
    def _sights(self) -> dict[date, Sight]:
        return {}

    def posts_on(self, on: date) -> list[Post]:
        """The posts held that day, then those in which the person stands in, with their units; one query."""
        rows = self._held(on).select_related("unit", "unit__body", "unit__kind", "user").order_by("unit__path", "pk")
        for post in (posts := sorted(rows, key=lambda post: post.user_id != self.pk)):
            post.held_for = post.user if post.user_id != self.pk else None
        return posts

    def _held(self, on: date) -> PostQuerySet:
        """One's own posts of the day, and posts of others in which one stands in that day (cases.md 13)."""
        lent = Post.objects.filter(active_q(on, "stand_ins__"), stand_ins__person=self, user__is_active=True)
        own = Post.objects.filter(user=self).active(on)
        keys = own.values("pk").union(lent.active(on).values("pk"))
        found: PostQuerySet = Post.objects.filter(pk__in=keys)
        return found

    def note_posts(self, on: date, posts: list[Post]) -> None:
        """Keep what `posts_on` gave for this request, so that `sight` need not read it again."""
        self._posts_read[on] = posts

    @cached_property
    def _posts_read(self) -> dict[date, list[Post]]:
        return {}

    def sight(self, on: date) -> Sight:
        """How far this person sees on the day `on`; two queries the first time (one where the posts are known), then
        remembered for this object."""
        if on not in self._sights:
            self._sights[on] = self._look(on)
        return self._sights[on]

    def _look(self, on: date) -> Sight:
        if not self.is_active or self.pk is None:
            return Sight((), (), (), (), False)
        posts = self._places(on)
        member_of = list(
            self.memberships.active(on).values_list(
                models.Value(Role.MEMBER),
                "branch__unit_id",
                "branch__unit__path",
                "branch__unit__body_id",
                "branch__unit__body__path",
            )
        )
        rows = [*posts, *member_of]
        return Sight(
            below=tuple({(body, path) for role, _u, path, body, _b in rows if role in SEES_BELOW}),
            own=tuple({unit for role, unit, _p, _b, _bp in rows if role in SEES_OWN}),
            bodies=tuple({body for _r, _u, _p, body, _bp in rows if body}),
            body_paths=tuple({body_path for *_rest, body_path in rows if body_path}),
            whole_tree=any(role == Role.SYSTEM_ADMIN for role, *_rest in rows),
            member_of=tuple((unit, path, body) for _r, unit, path, body, _bp in member_of),
            heads=tuple({unit for role, unit, *_rest in rows if role in SEES_BELOW}),
        )

    def _places(self, on: date) -> list[tuple[Any, ...]]:
        """Role, unit, path, body and the body's path of each post held that day."""
        if on not in self._posts_read:
            columns = ("role", "unit_id", "unit__path", "unit__body_id", "unit__body__path")
            return list(self._held(on).values_list(*columns))
        units = [(post.role, post.unit) for post in self._posts_read[on]]
        return [(role, unit.pk, unit.path, unit.body_id, unit.body.path if unit.body else None) for role, unit in units]


class Standing(Span):
    """A person's standing in the CPC, with its days. Sensitive: shown only to roles that need it (design 3)."""

    class Kind(models.TextChoices):
        FULL = "full", _("Full CPC member")
        PROBATIONARY = "probationary", _("Probationary CPC member")
        NONE = "none", _("Not a CPC member")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="standings")
    kind = models.CharField(_("Standing"), max_length=16, choices=Kind)

    objects = SpanQuerySet.as_manager()

    class Meta:
        constraints = [span_check("standing_span")]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_kind_display()}"


class PostQuerySet(SpanQuerySet):
    """Ways to speak of posts."""

    def held_by(self, user: User, on: date) -> Self:
        """Posts that `user` holds that day."""
        return self.filter(user=user).active(on)

    def serving(self, unit: Unit, on: date, roles: frozenset[Role] | set[Role] | None = None) -> Self:
        """Posts at exactly this unit on that day, of people whose account is open."""
        rows = self.filter(unit=unit, user__is_active=True).active(on)
        return rows if roles is None else rows.filter(role__in=roles)

    def visible_to(self, user: User, on: date) -> Self:
        """Posts at units that `user` may see."""
        return self.filter(unit__in=Unit.objects.visible_to(user, on))


class Post(Span):
    """A person's role in a unit for a span of days, with title, fields in charge and who appointed."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="posts")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="posts")
    role = models.CharField(_("Role"), max_length=16, choices=Role)
    title = models.CharField(_("Title"), max_length=60, blank=True)
    title_en = models.CharField(_("Title in English"), max_length=80, blank=True)
    fields_in_charge = models.CharField(_("Fields in charge"), max_length=200, blank=True)
    appointed_by = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    appointment = models.CharField(_("Appointment document"), max_length=120, blank=True)

    objects = PostQuerySet.as_manager()
    held_for: User | None = None  # set by `posts_on`: in this post another person stands in for its holder

    class Meta:
        ordering = ["unit__path", "pk"]
        constraints = [
            span_check("post_span"),
            models.UniqueConstraint(
                fields=["user", "unit", "role"], condition=Q(ends_on__isnull=True), name="post_once_while_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.title or self.get_role_display()}"

    @property
    def label(self) -> str:
        """What the scope switch calls the post; for a post in which one stands in, with its holder."""
        words = {"post": self.local_name, "name": self.held_for.local_name if self.held_for else ""}
        return gettext("%(post)s (standing in for %(name)s)") % words if self.held_for else self.local_name

    @property
    def local_name(self) -> str:
        """Unit and title for the language of the page."""
        title = (self.title_en if (get_language() or "").startswith("en") else "") or self.title
        return f"{self.unit.local_name} {title or self.get_role_display()}"

    @property
    def keeps_tree(self) -> bool:
        """Whether the holder manages units and people."""
        return self.role in KEEPS_TREE


class Term(Span):
    """A body's term (届), such as 八届; members, branches and posts change with it."""

    body = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="terms")
    name = models.CharField(_("Term"), max_length=40)

    objects = SpanQuerySet.as_manager()

    class Meta:
        constraints = [
            span_check("term_span"),
            models.UniqueConstraint(fields=["body", "name"], name="term_once_in_a_body"),
        ]

    def __str__(self) -> str:
        return self.name


class CppccMembership(Span):
    """A person's seat in a CPPCC body for a term; for a non-CPC member, the CPC member who keeps contact (domain 1.2)."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="seats")
    body = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="seats")
    term = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="seats")
    sector = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="sector_seats")
    sector_name = models.CharField(_("Sector"), max_length=60, blank=True)
    work = models.CharField(_("Employer and duty"), max_length=120, blank=True)
    contact = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="contacts_of")

    objects = SpanQuerySet.as_manager()

    class Meta:
        constraints = [
            span_check("seat_span"),
            models.UniqueConstraint(fields=["user", "body", "term"], name="seat_once_in_a_term"),
            models.CheckConstraint(
                name="seat_contact_is_another", condition=Q(contact__isnull=True) | ~Q(contact=models.F("user"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.body} {self.term}"

    @property
    def sector_words(self) -> str:
        """The sector, as a unit of the tree or by its name alone."""
        return self.sector.name if self.sector else self.sector_name

"""What every request is told before a view runs: the time, whether the session has slept too long, the posts held."""

from collections.abc import Callable
from datetime import date, timedelta

from django.conf import settings
from django.contrib.auth import logout
from django.db import OperationalError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from branches import clock, second_factor
from branches.models import Post, User
from branches.requests import Visit
from branches.roles import ADMINISTERS

Answer = Callable[[Visit], HttpResponse]
SEEN = "seen_at"
SCOPE = "scope"
WITHOUT_SECOND_FACTOR = ("/accounts/", "/join/", "/language/", "/large-type/", "/help/", "/healthz", "/readyz")


class ClockMiddleware:
    """`request.now` and `request.today`: one reading of the clock for the whole request."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: Visit) -> HttpResponse:
        clock.begin_request()
        try:
            request.now = clock.now()
        except OperationalError:  # a demo's clock stands in the database: whoever needs that will say that it is away
            request.now = timezone.now()
        request.today = clock.day_of(request.now)
        try:
            return self.get_response(request)
        finally:
            clock.end_request()


class PostsMiddleware:
    """`request.posts` (held today) and `request.scope` (the one chosen in the scope switch, or None: all of them).

    A scope filters what pages show; it never widens what may be seen (design 3).
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: Visit) -> HttpResponse:
        posts: list[Post] = request.user.posts_on(request.today) if request.user.is_authenticated else []
        if request.user.is_authenticated:
            request.user.note_posts(request.today, posts)
        chosen = request.session.get(SCOPE) if posts else None
        request.posts = posts
        request.scope = next((post for post in posts if post.pk == chosen), None)
        return self.get_response(request)


class SecondFactorMiddleware:
    """People who administer a site set up their second factor before anything else (design 11)."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: Visit) -> HttpResponse:
        if not request.path.startswith(WITHOUT_SECOND_FACTOR) and second_factor.is_missing(request):
            return redirect("mfa_activate_totp")
        return self.get_response(request)


class IdleMiddleware:
    """Ends sessions nobody used for a while: 12 hours, on a site 10 minutes for people who administer (design 11)."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: Visit) -> HttpResponse:
        if request.user.is_authenticated:
            real = timezone.now()
            seen = parse_datetime(request.session.get(SEEN, "")) or real
            if real - seen > timedelta(seconds=self.limit(request.user, request.today)):
                logout(request)
            elif real - seen > timedelta(seconds=60) or SEEN not in request.session:
                request.session[SEEN] = real.isoformat()
        return self.get_response(request)

    def limit(self, user: User, on: date) -> int:
        """Seconds of rest allowed; the stricter one is asked for only where the two differ."""
        if settings.SESSION_IDLE_ADMIN == settings.SESSION_IDLE:
            return settings.SESSION_IDLE
        administers = any(post.role in ADMINISTERS for post in user.posts_on(on))
        return settings.SESSION_IDLE_ADMIN if administers else settings.SESSION_IDLE

"""The gallery: for whoever builds pages, never on a site."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from branches.requests import Visit
from dashboards.gallery import specimens


@login_not_required
@require_safe
def gallery(request: Visit) -> HttpResponse:
    """Every part of the screens in each of its states."""
    if settings.PRODUCTION:
        raise Http404
    return render(request, "dashboards/gallery.html", specimens(request.today, request.now))

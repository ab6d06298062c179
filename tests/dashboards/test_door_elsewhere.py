"""On a site there is neither the door of a demo nor its tour (issue 7)."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from branches.models import DemoState
from dashboards import tour
from tests.conftest import Cast


@pytest.mark.parametrize("site", ["not a demo", "production", "nothing loaded"])
def test_neither_door_nor_tour_exist_elsewhere(client: Client, cast: Cast, settings: Settings, site: str) -> None:
    settings.DEMO, settings.PRODUCTION = site != "not a demo", site == "production"
    if site != "nothing loaded":
        DemoState.objects.create(loaded_at="2026-05-12T08:00+08:00")
    assert client.get("/").status_code == 302
    assert client.get("/")["Location"] == "/accounts/login/?next=/"
    assert client.post(reverse("demo-tour"), {"step": 1}).status_code == 404
    client.force_login(cast.secretary)
    session = client.session
    session[tour.SESSION] = 1
    session.save()
    if site != "production":
        page = client.get("/")
        assert page.context["frame"].tour is None

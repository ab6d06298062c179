"""Doors to people, units, branches and one's own settings, and the small switches of the frame."""

from django.urls import path

app_name = "branches"
urlpatterns: list = []

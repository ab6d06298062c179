"""Doors to lists, tasks, assignments, review and files."""

from django.urls import path

app_name = "tasks"
urlpatterns: list = []

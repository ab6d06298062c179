"""The app that knows meetings, attendance and how often a branch is to meet."""

from django.apps import AppConfig


class ActivitiesConfig(AppConfig):
    name = "activities"

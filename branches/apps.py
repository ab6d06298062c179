"""The app that knows people and units."""

from django.apps import AppConfig


class BranchesConfig(AppConfig):
    name = "branches"

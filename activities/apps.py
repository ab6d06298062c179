"""The app that knows meetings, attendance and how often a branch is to meet."""

from django.apps import AppConfig


class ActivitiesConfig(AppConfig):
    name = "activities"

    def ready(self) -> None:
        """Make known what this room has to tell people."""
        from activities import reminding  # noqa: F401 (it registers itself)

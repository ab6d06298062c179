"""The app that knows lists, tasks and the life of each assignment."""

from django.apps import AppConfig


class TasksConfig(AppConfig):
    name = "tasks"

    def ready(self) -> None:
        """Make known what this room has to tell people."""
        from tasks.reminders.topics import followups, waiting  # noqa: F401 (they register themselves)

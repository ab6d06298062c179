"""The app that knows lists, tasks and the life of each assignment."""

from django.apps import AppConfig


class TasksConfig(AppConfig):
    name = "tasks"

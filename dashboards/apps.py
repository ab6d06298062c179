"""The app whose pages show several rooms; it writes nothing but snapshots."""

from django.apps import AppConfig


class DashboardsConfig(AppConfig):
    name = "dashboards"

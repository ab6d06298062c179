"""The app that knows people and units."""

from django.apps import AppConfig


class BranchesConfig(AppConfig):
    name = "branches"

    def ready(self) -> None:
        """Have the settings of sign-in looked at."""
        from branches.outside import checks  # noqa: F401 (it registers itself)

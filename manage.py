#!/usr/bin/env python3
"""Django's command line. `python3 dev.py manage …` is the same with the services up and the environment set."""

import os
import sys


def main() -> None:
    """Hand the words of the command line to Django."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cppcc_party.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()

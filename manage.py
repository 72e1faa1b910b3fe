#!/usr/bin/env python
"""Django's command line, with a clear sentence when the environment is wrong."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    from config.environment import EnvironmentProblems

    try:
        execute_from_command_line(sys.argv)
    except EnvironmentProblems as problems:
        sys.exit(str(problems))


if __name__ == "__main__":
    main()

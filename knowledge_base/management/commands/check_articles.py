from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from knowledge_base.check import add_arguments, report


class Command(BaseCommand):
    help = "Check the content files and print every problem of every file. Exit code 1 if there are errors."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        lines, code = report(
            options["root"],
            options["ids"],
            timezone.localdate(),
            warnings=options["warnings"],
            show=options["show"],
        )
        self.stdout.write("\n".join(lines))
        if code:
            sys.exit(code)

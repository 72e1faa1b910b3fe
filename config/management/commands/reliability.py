"""`manage.py reliability FILE...`: whether the probability of the first answer means what it says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from config.evaluation.asking import without_rasa
from config.evaluation.charts import reliability_chart
from config.evaluation.figures import aligned
from config.evaluation.reliability import Bin, calibration_error, reliability
from config.evaluation.rows import BadRows, read_sets


class Command(BaseCommand):
    help = "Compare the probability of the first answer with how often it is right."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "sets", type=Path, nargs="+", metavar="FILE", help="rows, or a folder of them; each by itself"
        )
        parser.add_argument("--draw", type=Path, metavar="FOLDER", help="draw the figures into this folder")

    def handle(self, *args: Any, **options: Any) -> None:
        measured = {path.stem: _measured(path) for path in options["sets"]}
        for name, bins in measured.items():
            self.stdout.write(_table(name, bins))
        if folder := options["draw"]:
            (folder / "reliability.svg").write_text(reliability_chart(measured), encoding="utf-8")


def _measured(path: Path) -> list[Bin]:
    try:
        rows = read_sets([path])
    except (BadRows, OSError) as error:
        raise CommandError(str(error)) from error
    return reliability([without_rasa(row) for row in tqdm(rows, desc=path.stem, leave=False)])


def _table(name: str, bins: list[Bin]) -> str:
    error = calibration_error(bins)
    lines = [[f"{each.probability:.2f}", f"{each.right:.2f}", str(each.count)] for each in bins]
    head = (
        f"{name}: expected calibration error {error:.3f}"
        if error is not None
        else f"{name}: nothing to count"
    )
    return f"{head}\n{aligned([['probability', 'right', 'questions'], *lines])}\n"

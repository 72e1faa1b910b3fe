"""`manage.py ablate FILE...`: what each part of the understanding adds, in one run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from config.evaluation import ablation
from config.evaluation.asking import without_rasa
from config.evaluation.figures import Figures, Result, aligned, figures
from config.evaluation.rows import BadRows, Row, read_sets
from knowledge_base.published import current_library
from knowledge_base.search.current import current_searcher, source
from knowledge_base.search.documents import documents_of
from knowledge_base.search.retrieval import Searcher
from knowledge_base.search.training import STEPS
from knowledge_base.search.training_examples import training_examples

ACTS = ("urgent_recall", "false_urgent", "declined", "false_declined", "smalltalk", "handoff")


class Command(BaseCommand):
    help = (
        "Leave parts of the search and of the act model out, learn again what is left, and ask the same rows."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "files", type=Path, nargs="+", metavar="FILE", help="rows, or a folder of .jsonl files"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            rows = read_sets(options["files"])
        except (BadRows, OSError) as error:
            raise CommandError(str(error)) from error
        searchers = self._searchers()
        searches = {}
        for variant, searcher in tqdm(searchers.items(), desc="asking", leave=False):
            searches[variant.name] = ablation.search_figures(searcher, rows)
        self.stdout.write(_table("the search by itself", searches))
        self.stdout.write(_table("dialogue acts", _acts(rows, searchers)))

    def _searchers(self) -> dict[ablation.Variant, Searcher]:
        index, encoder = current_searcher().index, source().encoder()
        try:
            lessons = ablation.lessons_of(index, documents_of(current_library()), training_examples())
        except KeyError as error:
            raise CommandError(
                "The search index is not up to date. Run `python manage.py prepare`."
            ) from error
        with tqdm(desc="learning", total=ablation.LEARNT * STEPS, leave=False) as bar:
            return dict(ablation.searchers(index, lessons, encoder, bar.update))


def _acts(rows: Sequence[Row], searchers: Mapping[ablation.Variant, Searcher]) -> dict[str, Figures]:
    def by_model(variant: ablation.Variant) -> list[Result]:
        return ablation.acted(ablation.by_model(searchers[variant]), rows)

    asked = {
        "rules and act model": [without_rasa(row) for row in rows],
        "rules only": ablation.acted(ablation.by_rules, rows),
        "act model only": by_model(ablation.WHOLE),
        "act model without terms": by_model(ablation.NO_TERMS),
        "act model without vectors": by_model(ablation.NO_VECTORS),
        "act model, Roman Urdu as it is typed": by_model(ablation.AS_TYPED),
    }
    return {name: {column: figures(results)[column] for column in ACTS} for name, results in asked.items()}


def _table(title: str, lines: Mapping[str, Mapping[str, float | None]]) -> str:
    columns = list(next(iter(lines.values())))
    cells = [[name, *(_cell(values[column]) for column in columns)] for name, values in lines.items()]
    return f"{aligned([[title, *columns], *cells])}\n"


def _cell(share: float | None) -> str:
    return "-" if share is None else f"{share * 100:.1f}"

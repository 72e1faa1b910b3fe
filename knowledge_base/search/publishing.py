"""Bring the index up to date with what is published: for the command, and for the task that runs after an edit."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from django.conf import settings

from knowledge_base.published import current_library
from knowledge_base.search.building import BuildReport, build_index
from knowledge_base.search.current import source
from knowledge_base.search.documents import documents_of
from knowledge_base.search.index import unchanged
from knowledge_base.search.progress import Progress
from knowledge_base.search.training_examples import training_examples


class NothingPublished(RuntimeError):
    """The library has no article with a text."""


def rebuild_index(*, progress: Progress | None = None, reuse: bool = True) -> Iterator[BuildReport]:
    """Of each version that is published; none when nothing had changed, which is found without loading the encoder.

    What changed can be found after the first; the models learn it for the second, unless it is next to nothing.
    Running searches take the new index up by themselves. Raises NothingPublished, EncoderUnavailable.
    """
    documents = documents_of(current_library())
    if not documents:
        raise NothingPublished("No article is published. Run `python manage.py import_articles` first.")
    directory, examples = Path(settings.INDEX_DIR), training_examples()
    manifest = unchanged(documents, settings.ENCODER, directory, examples) if reuse else None
    if manifest and manifest.settled:
        return
    build = partial(
        build_index, documents, source().encoder(), directory, examples=examples, progress=progress
    )
    report = build(reuse=reuse)
    if report.changed:
        yield report
    if not report.settled:
        yield build(retrain=True)

"""The process's own searcher: loaded when first asked for, and again when a new index was published."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import faiss
from django.conf import settings

from knowledge_base.search.index import POINTER, IndexUnusable, SearchIndex
from knowledge_base.search.retrieval import Searcher

if TYPE_CHECKING:
    from knowledge_base.search.encoder import Encoder

log = logging.getLogger(__name__)


class SearcherSource:
    """Hands out the searcher of a directory; a changed pointer file costs one stat call to notice."""

    def __init__(
        self, directory: Path, encoder_name: str, cache_dir: Path | None = None, threads: int | None = None
    ) -> None:
        self._directory = directory
        self._encoder_name = encoder_name
        self._cache_dir = cache_dir
        self._threads = threads
        self._lock = threading.Lock()
        self._encoder: Encoder | None = None
        self._searcher: Searcher | None = None
        self._seen: tuple[int, int] | None = None

    def encoder(self) -> Encoder:
        with self._lock:
            return self._loaded_encoder()

    def searcher(self) -> Searcher:
        """Raises IndexUnusable if there never was a usable index; a bad new one keeps the old in use."""
        stamp = self._stamp()
        if self._searcher is not None and stamp == self._seen:
            return self._searcher
        with self._lock:
            if self._searcher is None or stamp != self._seen:
                self._searcher = self._reload()
                self._seen = stamp
            return self._searcher

    def _stamp(self) -> tuple[int, int] | None:
        try:
            found = (self._directory / POINTER).stat()
        except FileNotFoundError:
            return None
        return found.st_mtime_ns, found.st_ino

    def _reload(self) -> Searcher:
        try:
            encoder = self._loaded_encoder()
            searcher = Searcher(SearchIndex.load(self._directory, encoder), encoder)
        except IndexUnusable as error:
            if self._searcher is None:
                raise
            log.error("the search index was not reloaded, the old one stays: %s", error)
            return self._searcher
        log.info("search index %s loaded, %d rows", searcher.version, searcher.index.manifest.rows)
        return searcher

    def _loaded_encoder(self) -> Encoder:
        from knowledge_base.search.encoder import Encoder

        if self._encoder is None:
            if self._threads is not None:
                faiss.omp_set_num_threads(self._threads)
            self._encoder = Encoder.load(self._encoder_name, cache_dir=self._cache_dir, threads=self._threads)
        return self._encoder


_source: SearcherSource | None = None
_source_lock = threading.Lock()


def source() -> SearcherSource:
    """The one of this process, from the settings INDEX_DIR, ENCODER, MODEL_CACHE_DIR, ENCODER_THREADS."""
    global _source
    with _source_lock:
        if _source is None:
            _source = SearcherSource(
                Path(settings.INDEX_DIR),
                settings.ENCODER,
                Path(settings.MODEL_CACHE_DIR),
                settings.ENCODER_THREADS,
            )
        return _source


def current_searcher() -> Searcher:
    """Raises IndexUnusable or EncoderUnavailable, with the remedy in the message."""
    return source().searcher()

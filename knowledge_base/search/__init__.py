"""Finding the article that answers a question. Importing this loads no model; the first search does."""

from knowledge_base.search.current import current_searcher

__all__ = ["current_searcher"]

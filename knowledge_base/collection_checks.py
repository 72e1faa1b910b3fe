"""Rules that only show over the whole collection: what nobody uses, and questions that two articles claim."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from knowledge_base.checks import folded
from knowledge_base.content import Library
from knowledge_base.problems import Finding, warning
from knowledge_base.rendering import placeholders


def unused_sources(library: Library) -> Iterator[tuple[str, Finding]]:
    """Area and finding for each file with sources that no article, fact or contact names."""
    used = {key for article in library.articles.values() for key in article.sources}
    used |= {contact.source for contact in library.contacts.values()}
    used |= {period.source for fact in library.facts.values() for period in fact.periods}
    unused: dict[str, list[str]] = defaultdict(list)
    for source in library.sources.values():
        if source.key not in used:
            unused[source.area].append(source.key)
    for area, keys in unused.items():
        listed = ", ".join(sorted(keys))
        yield area, warning("", f"{len(keys)} sources that nothing uses: {listed}", "use or remove them")


def unused_facts(library: Library) -> Iterator[tuple[str, Finding]]:
    """Article id and finding for each fact that no text shows."""
    shown = {
        found.key
        for article in library.articles.values()
        for text in article.texts.values()
        for found in placeholders(text.short + text.more)
    }
    for fact in library.facts.values():
        if fact.key not in shown:
            yield (
                fact.article_id,
                warning(f"facts.{fact.key}", "no text shows this fact", "use it or remove it"),
            )


def repeated_questions(library: Library) -> Iterator[tuple[str, str, Finding]]:
    """Article id, tag and finding for each question that an article of another topic claims too.

    The same topic in two countries may share questions: that is how a question without a country is recognised.
    """
    asked: dict[tuple[str, str], list[str]] = defaultdict(list)
    for article in library.articles.values():
        for tag, text in article.texts.items():
            for question in dict.fromkeys(map(folded, text.questions)):
                asked[tag, question].append(article.id)
    for (tag, question), owners in asked.items():
        topics = {library.topic_of(owner) or owner for owner in owners}
        if len(topics) < 2:
            continue
        for owner in owners:
            others = ", ".join(other for other in owners if other != owner)
            yield (
                owner,
                tag,
                Finding("questions", f"{question!r} also belongs to {others}", "keep it where the answer is"),
            )

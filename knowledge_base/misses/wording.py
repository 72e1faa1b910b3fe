"""Makes a question of an article out of what people asked: a draft, which is published as any other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from wagtail.permissions import policy_registry

from knowledge_base.checks import folded
from knowledge_base.models import Article, ArticleText
from nlu.languages import LANGUAGES


class CannotAdd(ValueError):
    """The message says what is in the way and what to do."""


def may_edit_texts(user: Any) -> bool:
    return bool(policy_registry.get_by_type(ArticleText).user_has_permission(user, "change"))


@transaction.atomic
def add_questions(article: Article, questions: Mapping[str, Sequence[str]], user: Any) -> list[ArticleText]:
    """Adds questions (by language tag) to the newest drafts of the article's texts; the texts whose draft changed.

    What is published stays as it is. Raises `CannotAdd`, and then nothing was added.
    """
    changed = [_text(article, tag, user) for tag in questions]
    return [text for text in changed if _add(text, questions[text.language], user)]


def _text(article: Article, tag: str, user: Any) -> ArticleText:
    text = ArticleText.objects.filter(article=article, language=tag).first()
    if text is None:
        raise CannotAdd(
            f"{article.key} has no text in {LANGUAGES[tag].name}. Write it first, or leave these out."
        )
    if not policy_registry.get_by_type(ArticleText).user_has_permission_for_instance(user, "change", text):
        raise CannotAdd("You may not edit texts. Ask somebody who may, or for the permission.")
    lock = text.get_lock()
    if lock is not None and lock.for_user(user):
        raise CannotAdd(
            f"The text of {article.key} in {LANGUAGES[tag].name} is locked. Ask for it to be unlocked."
        )
    return text


def _add(text: ArticleText, questions: Sequence[str], user: Any) -> bool:
    draft = text.get_latest_revision_as_object()
    lines = draft.questions.splitlines()
    known = set(map(folded, lines))
    new = list(
        {folded(question): question for question in questions if folded(question) not in known}.values()
    )
    if new:
        draft.questions = "\n".join([*lines, *new])
        draft.draft_may_be_unfinished = True  # rules are checked when it is published
        draft.save_revision(user=user, log_action=True)
    return bool(new)

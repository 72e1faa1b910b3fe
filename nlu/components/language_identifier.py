"""Entity ``language``: the tag of the language and script a message is in."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from nlu.components.messages import add_entity, is_payload
from nlu.identification import identify
from nlu.languages import LANGUAGES


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class LanguageIdentifier(GraphComponent):
    """A ``language`` in the message's metadata wins: the gateway knows a pinned language. ``known_language`` in the
    metadata is the conversation's, and breaks near-ties. No entity when the text does not tell.
    """

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LanguageIdentifier:
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            tag = _language(message)
            if tag:
                add_entity(message, "language", tag, type(self).__name__)
        return messages


def _language(message: Message) -> str | None:
    metadata = message.get("metadata") or {}
    told = metadata.get("language")
    if told in LANGUAGES:
        return str(told)
    if is_payload(message):
        return None
    return identify(message.get(TEXT) or "", known=metadata.get("known_language")).language

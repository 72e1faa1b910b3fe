"""The intent of a message, by rules alone: emergency, an act as it stands, a bare place, else a question."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from nlu.acts import Act, act_by_rule, requested_language
from nlu.components.messages import add_entity, is_payload
from nlu.urgency import detect_urgency


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class ActResolver(GraphComponent):
    """What no rule recognises is a ``question``: its action asks the act model. Adds the entities ``urgency_kind`` and
    ``requested_language``.
    """

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ActResolver:
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            if not is_payload(message):
                self._resolve(message)
        return messages

    def _resolve(self, message: Message) -> None:
        text = message.get(TEXT) or ""
        urgency = detect_urgency(text)
        if urgency:
            add_entity(message, "urgency_kind", urgency.kind.value, type(self).__name__)
        elif tag := requested_language(text):
            add_entity(message, "requested_language", tag, type(self).__name__)
        act = Act.URGENT if urgency else act_by_rule(text)
        message.set(INTENT, {INTENT_NAME_KEY: act.value, PREDICTED_CONFIDENCE_KEY: 1.0}, add_to_output=True)

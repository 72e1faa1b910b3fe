"""The last word on the intent: rules that must hold come before what the classifier thinks."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import (
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message

from nlu.acts import Act, requested_language, resolve_act
from nlu.components.messages import add_entity, is_payload
from nlu.urgency import detect_urgency, likely_kind

RANKED = 2  # runners-up kept: the ranking travels with every stored event and action call


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class ActResolver(GraphComponent):
    """Comes after a classifier. Urgency, then whole-message keywords, then a bare place, then the classifier if it is
    sure of more than ``threshold``, else ``question``. Adds ``urgency_kind`` and ``requested_language`` entities.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"threshold": 0.6}

    def __init__(self, threshold: float) -> None:
        self._threshold = threshold

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ActResolver:
        return cls({**cls.get_default_config(), **config}["threshold"])

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            if not is_payload(message):
                self._resolve(message)
        return messages

    def _resolve(self, message: Message) -> None:
        text = message.get(TEXT) or ""
        urgency, tag = detect_urgency(text), requested_language(text)
        guess = message.get(INTENT) or {}
        act, confidence = resolve_act(
            text,
            guess=guess.get(INTENT_NAME_KEY),
            confidence=float(guess.get(PREDICTED_CONFIDENCE_KEY) or 0.0),
            urgent=urgency is not None,
            threshold=self._threshold,
        )
        if act is Act.URGENT:
            kind = urgency.kind if urgency else likely_kind(text)
            add_entity(message, "urgency_kind", kind.value, type(self).__name__)
        elif tag and act is Act.CHANGE_LANGUAGE:
            add_entity(message, "requested_language", tag, type(self).__name__)
        _set_intent(message, act.value, confidence)


def _set_intent(message: Message, name: str, confidence: float) -> None:
    chosen = {INTENT_NAME_KEY: name, PREDICTED_CONFIDENCE_KEY: confidence}
    others = [row for row in message.get(INTENT_RANKING_KEY) or [] if row.get(INTENT_NAME_KEY) != name]
    message.set(INTENT, chosen, add_to_output=True)
    message.set(INTENT_RANKING_KEY, [chosen, *others[:RANKED]], add_to_output=True)

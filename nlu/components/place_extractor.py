"""Entities ``country`` (ISO code) and ``city`` (English name) of the places that a message names."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from nlu.components.messages import add_entity, is_payload
from nlu.places import find_places


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class PlaceExtractor(GraphComponent):
    """One ``country`` entity per place named, in order; a city adds a ``city`` entity with the same span."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> PlaceExtractor:
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            if is_payload(message):
                continue
            for place in find_places(message.get(TEXT) or ""):
                span = (place.start, place.end)
                add_entity(message, "country", place.country, type(self).__name__, span)
                if place.city:
                    add_entity(message, "city", place.city, type(self).__name__, span)
        return messages

"""The client of the dialogue engine: one turn to Rasa's REST channel, `Outcome`s back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx
from django.conf import settings

from bot.outcomes import MalformedOutcome, Outcome


class EngineUnavailable(RuntimeError):
    """Rasa is down, slow, or answered with nothing that we understand."""


@dataclass(frozen=True, slots=True)
class Engine:
    """`url` of Rasa and how long to wait for it, in seconds."""

    url: str
    timeout_s: float

    async def ask(
        self, client: httpx.AsyncClient, conversation: str, text: str, metadata: dict[str, Any]
    ) -> tuple[Outcome, ...]:
        """Send one message; raises `EngineUnavailable`."""
        body = {"sender": conversation, "message": text, "metadata": metadata}
        try:
            response = await client.post(
                f"{self.url}/webhooks/rest/webhook", json=body, timeout=self.timeout_s
            )
            response.raise_for_status()
            outcomes = tuple(
                Outcome.from_json(message["custom"]) for message in response.json() if "custom" in message
            )
        except (httpx.HTTPError, ValueError, TypeError, MalformedOutcome) as error:
            raise EngineUnavailable(
                f"{type(error).__name__} from the dialogue engine at {self.url}"
            ) from error
        if not outcomes:
            raise EngineUnavailable(f"The dialogue engine at {self.url} had no answer")
        return outcomes

    async def is_ready(self, client: httpx.AsyncClient) -> bool:
        """Rasa's REST channel answers only once the model is loaded."""
        try:
            response = await client.get(f"{self.url}/webhooks/rest/", timeout=2)
        except httpx.HTTPError:
            return False
        return response.status_code == 200


def configured_engine() -> Engine:
    return Engine(settings.SAFAR.rasa_url.rstrip("/"), settings.SAFAR.rasa_timeout_s)

"""What every channel must offer, and the values that cross the door.

Everything but ``send`` and ``find_sent`` is a pure function of its arguments. Errors::

    ChannelError
    ├── Unauthenticated      the request is not from the provider          -> 401
    ├── Malformed            the request is, but we cannot read it         -> 400, names the field
    └── SendError            a message did not go out; `SendFailure` says what the caller can do
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, Literal, Protocol
from urllib.parse import parse_qsl

from bot.replies import Button, Reply

if TYPE_CHECKING:
    from bot.payloads import MediaKind


class ChannelError(Exception):
    """Anything that goes wrong at the door."""


class Unauthenticated(ChannelError):
    """The request carries no valid proof that the provider sent it."""


class Malformed(ChannelError):
    """The provider sent something we cannot read; the message names the field."""


class SendFailure(StrEnum):
    """Why a message did not go out, by what can be done about it."""

    UNREACHABLE = "unreachable"  # the provider did not answer, or answered 5xx
    THROTTLED = "throttled"  # too fast; wait
    REJECTED = "rejected"  # the provider will never take this message
    BLOCKED_BY_USER = "blocked-by-user"  # the person does not want our messages
    OUT_OF_WINDOW = "out-of-window"  # WhatsApp's 24 hours are over; only a template would pass
    MISCONFIGURED = "misconfigured"  # our credentials or sender are wrong; staff must act


RETRYABLE = frozenset({SendFailure.UNREACHABLE, SendFailure.THROTTLED, SendFailure.MISCONFIGURED})


class SendError(ChannelError):
    """A message did not go out. ``code`` is the provider's own, for staff; it holds no text and no address."""

    def __init__(self, failure: SendFailure, code: str, retry_after_s: float | None = None) -> None:
        super().__init__(f"{failure}: provider code {code}")
        self.failure = failure
        self.code = code
        self.retryable = failure in RETRYABLE
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True)
class WebhookRequest:
    """A request as the provider sent it. ``headers`` have lower-case names; ``url`` is the public one, with its query."""

    method: str
    headers: Mapping[str, str]
    body: bytes
    url: str


@dataclass(frozen=True, slots=True)
class WebhookAnswer:
    """What the provider wants to read in our 200."""

    body: str = ""
    content_type: str = "text/plain"


@dataclass(frozen=True, slots=True)
class Received:
    """A person wrote. ``provider_id`` is the same in every delivery of the same message.

    acknowledge: the provider's handle of a tapped button that waits to be confirmed, if any.
    """

    address: str
    provider_id: str
    text: str = ""
    payload: str | None = None
    media: MediaKind | None = None
    acknowledge: str | None = None


DeliveryStatus = Literal["sent", "delivered", "read", "failed"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a message of ours."""

    provider_id: str
    status: DeliveryStatus
    error_code: str = ""


@dataclass(frozen=True, slots=True)
class Reachability:
    """The person blocked us, or let us in again."""

    address: str
    reachable: bool


@dataclass(frozen=True, slots=True)
class Ignored:
    """Nothing for the bot; ``reason`` is logged, so that nothing vanishes unexplained. No personal data in it."""

    reason: str


Incoming = Received | Delivery | Reachability | Ignored


@dataclass(frozen=True, slots=True)
class Limits:
    """A provider's limits as data.

    text_units: most units of one message (UTF-16 units on Telegram, characters on the others).
    choices: most choices in one message; title_units: most characters of a choice's title.
    sms_parts: most SMS parts of one message, where parts cost money.
    """

    text_units: int
    choices: int
    title_units: int
    sms_parts: int | None = None


@dataclass(frozen=True, slots=True)
class Payload:
    """One message as a channel sends it.

    buttons: what the provider draws as buttons. choices: what a typed number (from 1) or title may mean.
    """

    text: str
    buttons: tuple[Button, ...] = ()
    choices: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class Sending:
    """One attempt to send: to whom, what, and since when an earlier attempt may already have gone through."""

    address: str
    payload: Payload
    since: datetime | None = None
    known_ids: frozenset[str] = field(default_factory=frozenset)


class Channel(Protocol):
    """A door to a provider. ``name`` is also the webhook's path, the settings' prefix and the fixtures' folder."""

    name: ClassVar[str]
    limits: ClassVar[Limits]

    def verify(self, request: WebhookRequest) -> None:
        """Raises `Unauthenticated` unless the provider sent this; compares in constant time."""

    def parse(self, request: WebhookRequest) -> Sequence[Incoming]:
        """What the request says; raises `Malformed`, which names the field."""

    def answer(self, incoming: Sequence[Incoming]) -> WebhookAnswer:
        """The body of our 200."""

    def render(self, reply: Reply) -> Sequence[Payload]:
        """The reply as this channel shows it, within `limits`."""

    async def send(self, address: str, payload: Payload) -> str:
        """Send now; the provider's id of the message. Raises `SendError`."""

    async def find_sent(self, sending: Sending) -> str | None:
        """The provider's id of this message if an interrupted attempt did send it; None if not, or if it cannot be known."""


def form_fields(body: bytes) -> dict[str, str]:
    """The fields of a form body; raises `Malformed`. Of a field that comes twice, the last counts."""
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            errors="strict",
            max_num_fields=200,
        )
    except ValueError:
        raise Malformed("body: is not a form (application/x-www-form-urlencoded in UTF-8)") from None
    return dict(pairs)

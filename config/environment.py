"""Every setting that comes from outside, read once from the environment.

``Environment.read(os.environ)`` lists all problems at once, each with the variable's name and the remedy.
``docs/settings.md`` is checked against the fields of this class.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off", ""})


class EnvironmentProblems(ValueError):
    """One or more variables are wrong; the message names each and says what to do."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(["The environment has problems:", *(f"  - {line}" for line in problems)]))
        self.problems = problems


class Secret(str):
    """A string that never shows itself in logs, tracebacks or `repr`. Use ``reveal()`` at the very edge."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'" if self.reveal() else "''"

    def __str__(self) -> str:
        return "***" if self.reveal() else ""

    def __format__(self, spec: str) -> str:
        return str(self)

    def reveal(self) -> str:
        return str.__str__(self)


def _setting(name: str, default: Any, help_text: str) -> Any:
    return field(default=default, metadata={"name": name, "help": help_text})


@dataclass(frozen=True, slots=True)
class Environment:
    """All settings. The metadata of each field carries its variable and help text."""

    debug: bool = _setting("SAFAR_DEBUG", False, "Django debug pages. Never on a public machine.")
    secret_key: Secret = _setting(
        "SAFAR_SECRET_KEY", Secret(""), "Signs staff sessions. Made and kept in var/ when empty."
    )
    pseudonym_key: Secret = _setting(
        "SAFAR_PSEUDONYM_KEY",
        Secret(""),
        "Key of the hash that hides addresses. Made and kept in var/ when empty; losing it starts all conversations anew.",
    )
    action_key: Secret = _setting(
        "SAFAR_ACTION_KEY",
        Secret(""),
        "Shared by the dialogue engine and /actions. Made and kept in var/ when empty.",
    )
    public_url: str = _setting(
        "SAFAR_PUBLIC_URL",
        "http://127.0.0.1:8000",
        "Address under which providers reach us; Twilio signs it.",
    )
    allowed_hosts: str = _setting(
        "SAFAR_ALLOWED_HOSTS",
        "127.0.0.1,localhost,[::1]",
        "Host names the web server answers to, comma separated.",
    )
    port: int = _setting("PORT", 8000, "Port of the web server.")
    var_dir: Path = _setting(
        "SAFAR_VAR_DIR", ROOT / "var", "Database, index, models and logs of an installation."
    )
    database_url: str = _setting(
        "DATABASE_URL", "", "postgres://… ; empty means SQLite in the var directory."
    )
    redis_url: str = _setting("REDIS_URL", "", "redis://… for the task queue; empty means a SQLite file.")
    rasa_url: str = _setting(
        "RASA_URL", "http://127.0.0.1:5005", "The dialogue engine; loopback or a private network only."
    )
    rasa_timeout_s: float = _setting(
        "RASA_TIMEOUT_S", 5.0, "After this many seconds the answer comes straight from the search."
    )
    rasa_tracker_redis: str = _setting(
        "RASA_TRACKER_REDIS",
        "",
        "redis://… where Rasa keeps conversations, for deleting; empty means SQLite in the var directory.",
    )
    encoder: str = _setting(
        "KB_ENCODER",
        "packaged:multilingual-e5-small",
        "Any sentence-transformers model: hub id, local folder, or the packaged one.",
    )
    encoder_threads: int = _setting("KB_ENCODER_THREADS", 1, "CPU threads for one embedding.")
    default_language: str = _setting(
        "SAFAR_DEFAULT_LANGUAGE",
        "ur",
        "Language of an answer when the message tells none (a photo, an emoji).",
    )
    retention_days: int = _setting(
        "SAFAR_RETENTION_DAYS", 30, "Message texts older than this are deleted by `manage.py purge`."
    )
    misses_days: int = _setting(
        "SAFAR_MISSES_DAYS",
        365,
        "Unanswered questions, kept without the person who asked, are deleted after this many days.",
    )
    worker_lease_s: float = _setting(
        "WORKER_LEASE_S",
        30.0,
        "A worker that has not been heard of for this long is taken for dead; longer than the longest turn.",
    )
    worker_sweep_s: float = _setting(
        "WORKER_SWEEP_S", 10.0, "How often a worker looks for what a dead one left behind."
    )
    telegram_token: Secret = _setting("TELEGRAM_TOKEN", Secret(""), "Bot token; empty turns Telegram off.")
    telegram_secret: Secret = _setting(
        "TELEGRAM_SECRET", Secret(""), "Secret token given to setWebhook; required with TELEGRAM_TOKEN."
    )
    telegram_api_base: str = _setting(
        "TELEGRAM_API_BASE", "https://api.telegram.org/bot", "Base of Telegram's Bot API."
    )
    twilio_account_sid: str = _setting(
        "TWILIO_ACCOUNT_SID", "", "Twilio account; empty turns WhatsApp and SMS off."
    )
    twilio_auth_token: Secret = _setting(
        "TWILIO_AUTH_TOKEN", Secret(""), "Signs Twilio's webhooks and our calls."
    )
    twilio_api_base: str = _setting("TWILIO_API_BASE", "https://api.twilio.com", "Base of Twilio's REST API.")
    whatsapp_from: str = _setting(
        "WHATSAPP_FROM", "", "Sender of WhatsApp messages, E.164; empty turns WhatsApp off."
    )
    sms_from: str = _setting(
        "SMS_FROM", "", "Sender of SMS, E.164 or messaging service id; empty turns SMS off."
    )

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Environment:
        """Build from variables; raises `EnvironmentProblems` with every problem found."""
        values: dict[str, Any] = {}
        problems: list[str] = []
        for setting in fields(cls):
            name = setting.metadata["name"]
            raw = environ.get(name)
            if raw is None or raw == "":
                continue
            try:
                values[setting.name] = _convert(raw, setting.default)
            except ValueError as error:
                problems.append(f"{name}: {error}")
        environment = cls(**values)
        problems += _contradictions(environment)
        if problems:
            raise EnvironmentProblems(problems)
        return environment


def _convert(raw: str, default: Any) -> Any:
    if isinstance(default, bool):
        if raw.lower() in TRUE | FALSE:
            return raw.lower() in TRUE
        raise ValueError("is neither yes nor no; write 1 or 0")
    if isinstance(default, int | float):
        try:
            number = type(default)(raw)
        except ValueError:
            raise ValueError(f"{raw!r} is not a number") from None
        if number <= 0:
            raise ValueError(f"{raw!r} must be above zero")
        return number
    if isinstance(default, Path):
        return Path(raw).expanduser().resolve()
    return type(default)(raw)


def _contradictions(environment: Environment) -> list[str]:
    """Settings that are fine alone and wrong together. Missing channel credentials are not: that channel is off."""
    problems = []
    if not environment.public_url.startswith(("http://", "https://")):
        problems.append("SAFAR_PUBLIC_URL: must begin with http:// or https://")
    if environment.telegram_token.reveal() and not environment.telegram_secret.reveal():
        problems.append(
            "TELEGRAM_SECRET: is missing while TELEGRAM_TOKEN is set; without it anybody could forge messages. Set a random word"
        )
    return problems

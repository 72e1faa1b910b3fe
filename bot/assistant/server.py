"""Starts (or trains) Rasa 3.6.21 with our components on its path. Runs in `.venv-rasa` (Python 3.10).

    python -m bot.assistant.server run      # serve, on RASA_URL's port
    python -m bot.assistant.server train    # train into the var directory

Three changes to Rasa, each with its reason below; nothing else of it is touched.
"""

from __future__ import annotations

import os
import sys
import warnings
from pathlib import Path
from urllib.parse import urlsplit

# Rasa 3.6 imports SQLAlchemy 1.4 and pkg_resources, whose deprecation notices would bury our own lines.
os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")  # it would call out
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
import sanic.app  # noqa: F401  (it resets the warning filters when imported)

warnings.filterwarnings("ignore", category=DeprecationWarning)

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
REDACTED_LOG_KEYS = frozenset(
    [
        "text",
        "response_text",
        "user_text",
        "slot_values",
        "parse_data_text",
        "parse_data_entities",
        "prediction_events",
        "tracker_latest_message",
        "prefilled_slots",
        "message",
        "response",
        "slot_candidates",
        "rasa_event",
        "rasa_events",
        "tracker_states",
        "current_states",
        "old_states",
        "successes",
        "current_entity",
        "next_entity",
        "states",
        "entity",
        "token_text",
        "user_message",
        "json_message",
    ]
)


def compile_action_schema() -> None:
    """Rasa checks its own JSON schema anew in every action call: 75 % of a turn's time. Compile it once, check the same."""
    from jsonschema import ValidationError
    from jsonschema.validators import validator_for
    from rasa.core.actions.action import RemoteAction

    schema = RemoteAction.action_response_format_spec()
    validator = validator_for(schema)(schema)

    def validate(self: RemoteAction, result: object) -> bool:
        for problem in validator.iter_errors(result):
            raise ValidationError(f"The action endpoint answered with a wrong form: {problem.message}")
        return True

    RemoteAction._validate_action_result = validate


def keep_people_out_of_logs() -> None:
    """Rasa logs message texts with its errors; its own hook for that is for the paid edition. Blank the same keys."""
    from rasa.utils import log_utils

    def redact(_logger: object, _method: str, event: dict) -> dict:
        return {key: "***" if key in REDACTED_LOG_KEYS else value for key, value in event.items()}

    log_utils._anonymizer = redact


def reuse_action_connections() -> None:
    """Rasa opens a new HTTP session, and so a new TCP connection, for every action call. Keep one per endpoint."""
    import aiohttp
    from rasa.utils.endpoints import EndpointConfig

    open_session = EndpointConfig.session

    class Kept:
        def __init__(self, session: aiohttp.ClientSession) -> None:
            self.session = session

        async def __aenter__(self) -> aiohttp.ClientSession:
            return self.session

        async def __aexit__(self, *_: object) -> None:
            """Stays open; it ends with the process."""

    def session(self: EndpointConfig) -> Kept:
        kept = getattr(self, "_kept_session", None)
        if kept is None or kept.session.closed:
            kept = self._kept_session = Kept(open_session(self))
        return kept

    EndpointConfig.session = session


def with_defaults(environ: dict[str, str]) -> dict[str, str]:
    """The variables that endpoints.yml names."""
    var = Path(environ.get("SAFAR_VAR_DIR") or ROOT / "var")
    port = environ.get("PORT") or "8000"
    defaults = {
        "SAFAR_VAR_DIR": str(var),
        "ACTIONS_URL": f"http://127.0.0.1:{port}/actions",
        "RASA_TRACKER_FILE": str(var / "trackers.sqlite3"),
        "RASA_ENDPOINTS": str(HERE / "endpoints.yml"),
        "RASA_URL": "http://127.0.0.1:5005",
        "RASA_INTERFACE": "127.0.0.1",
    }
    merged = {**defaults, **{key: value for key, value in environ.items() if value}}
    if "SAFAR_ACTION_KEY" not in merged:
        key = var / "keys" / "action"
        if not key.exists():
            sys.exit(
                f"SAFAR_ACTION_KEY is not set and {key} does not exist. Start the web process first, or set the variable."
            )
        merged["SAFAR_ACTION_KEY"] = key.read_text(encoding="ascii").strip()
    return merged


def arguments(command: str, environ: dict[str, str]) -> list[str]:
    """Rasa's own command line."""
    models = str(Path(environ["SAFAR_VAR_DIR"]) / "rasa")
    if command == "train":
        data = [str(HERE / "data"), str(ROOT / "nlu" / "training")]
        return [
            "rasa", "train", "--config", str(HERE / "config.yml"), "--domain", str(HERE / "domain.yml"),
            "--data", *data, "--out", models, "--fixed-model-name", "safar",
        ]  # fmt: skip
    return [
        "rasa", "run", "--model", str(Path(models) / "safar.tar.gz"), "--endpoints", environ["RASA_ENDPOINTS"],
        "--credentials", str(HERE / "credentials.yml"), "--interface", environ["RASA_INTERFACE"],
        "--port", str(urlsplit(environ["RASA_URL"]).port or 5005),
    ]  # fmt: skip


def main() -> None:
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    if command not in ("run", "train"):
        sys.exit(__doc__)
    sys.path.insert(0, str(ROOT))
    if command == "run":
        os.environ.update(with_defaults(dict(os.environ)))
        compile_action_schema()
        reuse_action_connections()
    else:
        os.environ.setdefault("SAFAR_VAR_DIR", str(ROOT / "var"))
        os.environ.setdefault(
            "RASA_CACHE_DIRECTORY", str(Path(os.environ["SAFAR_VAR_DIR"]) / "rasa" / "cache")
        )
    keep_people_out_of_logs()
    sys.argv = arguments(command, dict(os.environ))
    from rasa.__main__ import main as rasa_main

    rasa_main()


if __name__ == "__main__":
    main()

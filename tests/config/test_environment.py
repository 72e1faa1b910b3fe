from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from config.environment import ROOT, Environment, EnvironmentProblems, Secret
from config.keys import kept_key
from knowledge_base.files import load_library


def test_empty_environment_gives_an_installation_that_runs() -> None:
    environment = Environment.read({})
    assert environment.port == 8000
    assert environment.telegram_token.reveal() == ""


def test_every_problem_is_told_at_once_with_its_variable() -> None:
    wrong = {
        "PORT": "eighty",
        "RASA_TIMEOUT_S": "-1",
        "SAFAR_DEBUG": "perhaps",
        "SAFAR_PUBLIC_URL": "safar.example",
    }
    with pytest.raises(EnvironmentProblems) as problems:
        Environment.read(wrong)
    assert len(problems.value.problems) == 4
    assert all(name in str(problems.value) for name in wrong)


def test_telegram_without_its_secret_is_refused() -> None:
    with pytest.raises(EnvironmentProblems, match="TELEGRAM_SECRET"):
        Environment.read({"TELEGRAM_TOKEN": "1:abc"})


def test_secrets_do_not_show_themselves() -> None:
    environment = Environment.read(
        {"TELEGRAM_TOKEN": "1:hidden", "TELEGRAM_SECRET": "hidden", "TWILIO_AUTH_TOKEN": "hidden"}
    )
    assert "hidden" not in repr(environment)
    assert (
        "hidden"
        not in f"{environment.twilio_auth_token} {environment.telegram_token!r} {environment.telegram_secret!s}"
    )
    assert environment.telegram_token.reveal() == "1:hidden"
    assert repr(Secret("")) == "''"


def test_docs_name_every_setting_and_no_other() -> None:
    documented = re.findall(
        r"^\| `([A-Z_]+)` \|", (ROOT / "docs" / "settings.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert documented == [setting.metadata["name"] for setting in fields(Environment)]


def test_a_kept_key_is_made_once_and_private(tmp_path: Path) -> None:
    first = kept_key(tmp_path / "keys", "pseudonym")
    assert kept_key(tmp_path / "keys", "pseudonym") == first
    assert kept_key(tmp_path / "keys", "action") != first
    assert len(first) >= 48
    assert (tmp_path / "keys" / "pseudonym").stat().st_mode & 0o077 == 0


def test_people_are_told_the_days_that_things_are_kept() -> None:
    facts = load_library(ROOT / "knowledge_base").facts
    defaults = Environment()
    for fact, days in (
        ("service_retention_days", defaults.retention_days),
        ("service_question_days", defaults.misses_days),
    ):
        assert facts[fact].periods[-1].value == days

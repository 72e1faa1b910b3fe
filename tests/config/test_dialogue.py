from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings

from config.dialogue import DialogueNotStarted, rasa


def test_a_missing_model_is_told_with_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "VAR_DIR", tmp_path)
    with pytest.raises(DialogueNotStarted, match=r"manage\.py prepare"), rasa("http://127.0.0.1:1/actions"):
        pass

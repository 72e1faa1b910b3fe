"""Rasa's own FAQ retrieval: one retrieval intent, a response for each article, DIET and the ResponseSelector.

Runs in `.venv-rasa`. An article's title and questions are the examples of its response, the training examples of dialogue acts
the other intents, as in an assistant with small talk and an FAQ. The selector's ranking counts for the article, whatever DIET
makes of the message; DIET's intent for the act.
"""

from __future__ import annotations

import asyncio
import json
import os
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

os.environ.update(
    SQLALCHEMY_SILENCE_UBER_WARNING="1",
    TF_CPP_MIN_LOG_LEVEL="3",
    RASA_TELEMETRY_ENABLED="false",
    CUDA_VISIBLE_DEVICES="-1",
    RASA_MAX_CACHE_SIZE="0",
)
import sanic.app  # noqa: F401  (it resets the warning filters when imported)

warnings.filterwarnings("ignore")

from scripts.peers.work import Found, Rank, Row, Work, competing, run  # noqa: E402

CONFIG = Path(__file__).with_suffix(".yml")
MODEL = "faq"
SHORT = 2  # field of the rows that hold an article's answer: what is said back, not what people write


def train(work: Work, folder: Path) -> None:
    from rasa.model_training import train_nlu

    articles = {row.article_id: row.country for row in work.rows}
    _write(
        folder / "articles.json", {_key(article): [article, country] for article, country in articles.items()}
    )
    _write(folder / "nlu.json", {"rasa_nlu_data": {"common_examples": _examples(work)}})
    _write(folder / "domain.yml", _domain(work.rows))  # JSON is YAML
    train_nlu(str(CONFIG), str(folder / "nlu.json"), str(folder), MODEL, domain=str(folder / "domain.yml"))


def _key(article_id: str) -> str:
    """A response key; Rasa keeps the slash for itself."""
    return article_id.replace("/", ".")


def _examples(work: Work) -> list[dict[str, str]]:
    faq = [
        {"text": row.text, "intent": f"faq/{_key(row.article_id)}"} for row in work.rows if row.field != SHORT
    ]
    return faq + [{"text": text, "intent": act} for text, act in work.examples]


def _domain(rows: Sequence[Row]) -> dict[str, Any]:
    """The words of a response are not learnt from: the selector tells responses apart by their keys."""
    responses = {f"utter_faq/{_key(row.article_id)}": [{"text": row.article_id}] for row in rows}
    return {"version": "3.1", "intents": ["faq"], "responses": responses}


def load(folder: Path) -> Rank:
    from rasa.core.agent import Agent

    agent = Agent.load(str(folder / f"{MODEL}.tar.gz"))
    articles = json.loads((folder / "articles.json").read_text(encoding="utf-8"))
    country_of = dict(articles.values())
    loop = asyncio.new_event_loop()

    def rank(text: str, countries: Sequence[str]) -> Found:
        parsed = loop.run_until_complete(agent.parse_message(text.lstrip("/")))
        ranking = parsed["response_selector"]["faq"]["ranking"]
        found = (articles[entry["intent_response_key"].removeprefix("faq/")][0] for entry in ranking)
        return Found(competing(found, country_of, countries), parsed["intent"]["name"])

    return rank


def _write(path: Path, values: object) -> None:
    path.write_text(json.dumps(values, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    run(train, load)

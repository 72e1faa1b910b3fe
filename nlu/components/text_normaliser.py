"""Tokenizer whose lemmas are folded words, so that the featurizer sees one form of many spellings."""

from __future__ import annotations

from typing import Any

import regex
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message

from nlu.identification import is_english
from nlu.normalisation import fold, is_arabic, normalise

_LOOKED_AT = 4096
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}\u0640\u200d۽۾'’]+|[?؟]|\p{Emoji_Presentation}")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class TextNormaliser(Tokenizer):
    """Token text and offsets are the original's; ``lemma`` is `nlu.normalisation.fold` of the word (English words as
    they are). Question marks and emoji are tokens: they tell a question from a statement, and feedback from both.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_", "token_pattern": None}

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        text = (message.get(attribute) or "")[:_LOOKED_AT]
        found = [
            Token(match.group(), match.start(), match.end(), lemma=_lemma(match.group()))
            for match in _WORD.finditer(text)
        ]
        return found or [Token(text or " ", 0, len(text))]


def _lemma(word: str) -> str:
    form = normalise(word).replace("'", "")
    return (fold(form) if is_arabic(form) or not is_english(form) else form) or word

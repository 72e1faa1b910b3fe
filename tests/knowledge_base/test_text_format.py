from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.content import ArticleText
from knowledge_base.text_format import MARKER, split_text, tidy, write_text
from knowledge_base.yaml_style import read_yaml

LETTERS = st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"), exclude_characters="\ufeff")
WORDS = st.text(LETTERS, min_size=1, max_size=80).map(str.strip).filter(bool)
PROSE = st.lists(WORDS, max_size=6).map("\n".join).filter(lambda text: MARKER not in text)


@given(title=WORDS, questions=st.lists(WORDS, max_size=4), short=PROSE, more=PROSE)
def test_whatever_is_written_is_read_back(title: str, questions: list[str], short: str, more: str) -> None:
    text = ArticleText("sa/passport", "ur", title, tuple(questions), tidy(short), tidy(more), method="human")
    parts = split_text(write_text(text))
    head = read_yaml(parts.head)
    assert (head["title"], head["questions"]) == (title, questions)
    assert (parts.short, parts.more) == (text.short, text.more)


@given(st.text())
def test_tidying_twice_changes_nothing_more(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)

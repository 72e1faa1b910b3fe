"""What must hold for content to be served: rules over plain values, for files and for the console alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

from knowledge_base.content import Article, ArticleText, Contact, Fact, Library, Source
from knowledge_base.entries import FactCheck
from knowledge_base.phones import international, phone_problem
from knowledge_base.problems import Finding, warning
from knowledge_base.prose import check_label, check_prose, script_of
from knowledge_base.rendering import NotRenderable, Placeholder, placeholders, render
from knowledge_base.sms_length import is_gsm7, not_gsm7, sms_parts, sms_units
from knowledge_base.vocabulary import MASTER_LANGUAGE, TRUSTED, TranslationState
from nlu.languages import language

LONGEST_TITLE = 60
FEWEST_QUESTIONS, MOST_QUESTIONS = 8, 50
MOST_WORDS_OF_MORE = (
    135  # about 120 in English; Pashto, Sindhi and Punjabi write some words apart that Urdu joins
)
SHORT_ANSWER_PARTS = {"normal": 2, "high": 3}


def check_source(source: Source) -> Iterator[Finding]:
    if source.published is not None and source.published > source.seen.isoformat():
        yield Finding("published", "the page is dated after we saw it", "correct published or seen")
    if not source.url:
        yield warning("url", "no address", "find a page that staff can open to check the statement again")


def check_contact(contact: Contact, library: Library) -> Iterator[Finding]:
    if contact.source not in library.sources:
        yield _unknown_source("source", contact.source)
    for index, phone in enumerate(contact.phones):
        problem = phone_problem(phone.number, contact.country)
        if problem:
            yield Finding(
                f"phones[{index}].number",
                problem,
                "write it as dialled in that country, or with + and country code",
            )
    if contact.urgent and contact.confidence not in TRUSTED:
        yield Finding(
            "urgent",
            f"a number of {contact.confidence} confidence is shown first in an emergency",
            "remove urgent",
        )
    if contact.urgent and not contact.phones:
        yield Finding("urgent", "an emergency contact without a phone", "add a phone or remove urgent")
    labels = [("name", contact.name), ("hours", contact.hours)]
    labels += [(f"phones[{index}].note", phone.note) for index, phone in enumerate(contact.phones)]
    for place, texts in labels:
        for tag, text in texts.items():
            yield from check_label(f"{place}.{tag}", text, tag)
    if MASTER_LANGUAGE not in contact.name:
        yield Finding("name", "no name in en", "add the English name")


def check_fact(fact: Fact, library: Library, today: date) -> Iterator[Finding]:
    place = f"facts.{fact.key}"
    for index, period in enumerate(fact.periods):
        if period.source not in library.sources:
            yield _unknown_source(f"{place}[{index}].source", period.source)
    begins = [period.valid_from for period in fact.periods]
    if begins != sorted(begins):
        yield Finding(
            place, "the periods are not in order", "write the oldest first, add new ones at the end"
        )
    if fact.on(today) is None:
        remedy = "add the period that holds now; until then the articles that use it are withheld"
        yield warning(place, f"no period covers {today}", remedy)


def _unknown_source(place: str, key: str) -> Finding:
    remedy = "define it in sources/<area>.yml or correct the key"
    return Finding(place, f"unknown source {key!r}", remedy, missing=key)


def _unknown_contact(place: str, shown: str, key: str) -> Finding:
    remedy = "define it in contacts/<area>.yml or correct the key"
    return Finding(place, f"unknown contact {shown}", remedy, missing=key)


def check_fact_check(fact_check: FactCheck, library: Library) -> Iterator[Finding]:
    if fact_check.article_id not in library.articles:
        yield Finding("", "unknown article", "correct the id, or remove the entry with its article")
    for index, weak in enumerate(fact_check.single_source):
        if weak.source not in library.sources:
            yield _unknown_source(f"single_source[{index}].source", weak.source)


def check_article(article: Article, library: Library, today: date) -> Iterator[Finding]:
    """The language-neutral part and the facts it defines; texts have `check_text`."""
    if not article.sources:
        yield Finding(
            "sources", "no source", "an article without a source is not served: name where it comes from"
        )
    for key in article.sources:
        if key not in library.sources:
            yield _unknown_source("sources", key)
    for key in article.contacts:
        if key not in library.contacts:
            yield _unknown_contact("contacts", repr(key), key)
    for other in article.related:
        if other == article.id:
            yield Finding("related", "the article is related to itself", "remove it")
        elif other not in library.articles:
            yield warning(
                "related",
                f"unknown article {other!r}",
                "write it or correct the id; until then it is left out",
            )
    if article.review.last > today:
        yield Finding(
            "review.last", f"{article.review.last} is in the future", "give the day of the last review"
        )
    if article.master is None:
        yield Finding(
            "en.md", "no English master", "write en.md: it is what translations are measured against"
        )
    for fact in library.facts_of(article.id):
        yield from check_fact(fact, library, today)


def check_text(text: ArticleText, article: Article, library: Library, today: date) -> Iterator[Finding]:
    """One language of an article. Places are ``title``, ``questions``, ``short``, ``more``, ``translation``."""
    yield from _title(text)
    yield from _questions(text)
    yield from _body(text, article)
    for place, prose in (("title", text.title), ("short", text.short), ("more", text.more)):
        yield from check_prose(place, prose, text.language)
    yield from _placeholders(text, article, library)
    yield from _length(text, article, library, today)
    yield from _translation(text, article)


def _title(text: ArticleText) -> Iterator[Finding]:
    if not text.title.strip():
        yield Finding("title", "the title is empty", "write a title")
    if len(text.title) > LONGEST_TITLE:
        yield Finding(
            "title", f"{len(text.title)} characters", f"at most {LONGEST_TITLE}, the telling word first"
        )
    if placeholders(text.title):
        yield Finding("title", "a placeholder in the title", "say it in words")


def _questions(text: ArticleText) -> Iterator[Finding]:
    count = len(text.questions)
    if count < FEWEST_QUESTIONS:
        yield Finding(
            "questions", f"{count} questions", f"write at least {FEWEST_QUESTIONS}, as real people type them"
        )
    if count > MOST_QUESTIONS:
        yield warning(
            "questions", f"{count} questions", f"at most {MOST_QUESTIONS}; keep those that differ most"
        )
    for question, times in Counter(map(folded, text.questions)).items():
        if times > 1:
            yield Finding("questions", f"{question!r} stands {times} times", "keep one")
    script = language(text.language).script
    for question in text.questions:
        letters = [letter for letter in question if letter.isalpha()]
        if 2 * sum(script_of(letter) == script for letter in letters) < len(letters):
            yield warning(
                "questions",
                f"{question!r} is mostly not in {script}",
                f"move it to the language it is in, or write it in {script}",
            )


def folded(question: str) -> str:
    """A question as it is compared: lower case, letters and digits only, single spaces."""
    return " ".join("".join(letter if letter.isalnum() else " " for letter in question.casefold()).split())


def _body(text: ArticleText, article: Article) -> Iterator[Finding]:
    if not text.short:
        yield Finding("short", "no short answer", "write what to do first, above the marker")
    if not text.more:
        yield Finding("more", "nothing below the marker", "write the steps and the why")
    words = len(text.more.split())
    if words > MOST_WORDS_OF_MORE:
        yield warning("more", f"{words} words", "about 120 is what people read on a phone")
    shows_contact = any(found.field in ("phone", "contact") for found in placeholders(text.short))
    if article.risk == "high" and not shows_contact:
        yield Finding(
            "short", "high risk, and no helpline in the short answer", "add {phone:...} or {contact:...}"
        )


def _placeholders(text: ArticleText, article: Article, library: Library) -> Iterator[Finding]:
    for place, prose in (("short", text.short), ("more", text.more)):
        for found in dict.fromkeys(placeholders(prose)):
            yield from _placeholder(place, found, article, library, text.language)
    if article.master is not None and text.language != MASTER_LANGUAGE:
        ours, masters = _used(text), _used(article.master)
        for name, missing in (("missing", masters - ours), ("not in the English master", ours - masters)):
            if missing:
                listed = ", ".join(sorted(map(_written, missing)))
                yield Finding("body", f"placeholders {name}: {listed}", "use the same ones as en.md")


def _used(text: ArticleText) -> set[Placeholder]:
    return set(placeholders(f"{text.short}\n{text.more}"))


def _written(found: Placeholder) -> str:
    inner = found.key if found.field in ("fact", "unknown") else f"{found.field}:{found.key}"
    return f"{{{inner}}}"


def _placeholder(
    place: str, found: Placeholder, article: Article, library: Library, tag: str
) -> Iterator[Finding]:
    if found.field == "unknown":
        forms = "{fact_key}, {phone:contact-key}, {contact:contact-key} or {url:contact-key}"
        yield Finding(place, f"{_written(found)} is no placeholder", f"write {forms}")
    elif found.field == "fact":
        if found.key not in library.facts:
            yield Finding(
                place,
                f"unknown fact {_written(found)}",
                "define it under facts: of an article, or correct the key",
            )
    elif found.key not in library.contacts:
        yield Finding(
            place,
            f"unknown contact {_written(found)}",
            "define it in contacts/<area>.yml, or correct the key",
        )
    else:
        yield from _contact_shown(place, found, article, library.contacts[found.key], tag)


def _contact_shown(
    place: str, found: Placeholder, article: Article, contact: Contact, tag: str
) -> Iterator[Finding]:
    if found.field == "url" and not contact.url:
        yield Finding(place, f"{_written(found)}: the contact has no url", "add the url to the contact")
    if found.field != "url" and not contact.phones:
        yield Finding(place, f"{_written(found)}: the contact has no phone", "add a phone, or use {url:...}")
    if tag != MASTER_LANGUAGE or found.field == "url":
        return
    if contact.confidence not in TRUSTED:
        yield warning(
            place,
            f"{_written(found)} is of {contact.confidence} confidence",
            'say "check this number first" in every language',
        )
    abroad = article.country is not None and contact.country not in (None, article.country)
    if abroad and contact.phones and not international(contact.phones[0].number, contact.country):
        yield warning(
            place,
            f"{_written(found)} cannot be called from {article.country}",
            "name a number that works there",
        )


def _length(text: ArticleText, article: Article, library: Library, today: date) -> Iterator[Finding]:
    try:
        short = render(text.short, library, text.language, today)
    except NotRenderable:
        return
    most = SHORT_ANSWER_PARTS[article.risk]
    parts = sms_parts(short)
    if parts > most:
        unit = "GSM-7 septets" if is_gsm7(short) else "UTF-16 units"
        yield Finding(
            "short", f"{parts} SMS parts ({sms_units(short)} {unit}), at most {most}", _shorten(text, short)
        )
    elif language(text.language).script == "Latn" and not is_gsm7(short):
        costly = " ".join(not_gsm7(short))
        yield warning(
            "short",
            f"{costly} makes every SMS part hold 67 letters instead of 153",
            "write it with plain letters",
        )


def _shorten(text: ArticleText, short: str) -> str:
    if language(text.language).script == "Latn" and not is_gsm7(short):
        return f"replace {' '.join(not_gsm7(short))} by plain letters, then shorten if still needed"
    return "shorten it; steps and reasons belong below the marker"


def _translation(text: ArticleText, article: Article) -> Iterator[Finding]:
    if text.language == MASTER_LANGUAGE:
        if text.method or text.made_from:
            yield Finding("translation", "the English master is no translation", "remove translation")
        return
    if text.method is None:
        yield Finding("translation", "no translation method", "add translation: {method: machine} (or human)")
    elif text.made_from is None:
        yield warning(
            "translation", "not stamped, so it counts as outdated", "run manage.py stamp_translations"
        )
    elif article.state(text.language) is TranslationState.OUTDATED:
        yield warning(
            "translation",
            "outdated: en.md changed since",
            "update the text, then run manage.py stamp_translations",
        )

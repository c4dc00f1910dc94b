"""What is asked of the search's index: a person's query read, and said again in the words of each engine.

FTS5 on SQLite, tsquery of configuration ``simple`` on PostgreSQL. Nothing that is typed becomes syntax: raw FTS5 syntax
failed on 13 of 16 odd queries.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import text

from data.store.search import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection, TextClause

MOST_TERMS: Final = 32
LONGEST_WORD: Final = 100
"""Characters; PostgreSQL fails on words over 2,046 bytes in a query."""

NEWEST: Final = 1000
"""Articles that PostgreSQL looks at before it is said how to go on: its own guess of how many match is far off for
words it has no statistics of, and a wrong one reads all of a million articles."""

RANDOM: Final = 3
"""How much more it costs to fetch an article by its words than to meet it on the way: measured, 36 and 12 us."""

_TERM = re.compile(r'(-?)"([^"]*)"?|(\S+)')


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that must, or must not, occur: words in a row; ``others`` are further forms of a single word."""

    words: tuple[str, ...]
    prefix: bool = False
    quoted: bool = False
    excluded: bool = False
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """What an index is asked for, and what is then to be checked of each article that it brings.

    ``check`` is empty where the index tells all. PostgreSQL's tells words, but not their order: where phrases of common
    words are asked for, it brings far too many. ``in_title``: its table of titles is asked.
    """

    match: str
    check: str = ""
    in_title: bool = False


def read_terms(query: str) -> tuple[Term, ...]:
    """Return what a query asks for: words, ``"phrases"``, ``begin*`` and what is excluded by a ``-`` before it."""
    found = []
    for minus, quoted, bare in _TERM.findall(query[:2000]):
        excluded = bool(minus) or (len(bare) > 1 and bare[0] == "-")
        if kept := _kept(quoted or bare):
            found.append(Term(kept, prefix=bare.endswith("*"), quoted=bool(quoted), excluded=excluded))
    return tuple(found[:MOST_TERMS])


def phrases_of(texts: Iterable[str]) -> tuple[Term, ...]:
    """Return one term for each text, whatever signs are in it; a ``*`` at its end asks for words that begin so."""
    return tuple(Term(kept, prefix=one.endswith("*")) for one in texts if (kept := _kept(one)))


def _kept(text_: str) -> tuple[str, ...]:
    return tuple(word[:LONGEST_WORD] for word in words(text_))


class Matcher:
    """The words of one engine; what its methods return is put together by them alone."""

    def __init__(self, *, is_sqlite: bool) -> None:
        self._is_sqlite = is_sqlite

    def term(self, term: Term, *, wide: bool = False, loose: bool = False) -> str:
        """Return what matches a term; ``wide`` in any of its forms, ``loose`` its words in any order."""
        if wide and term.others:
            return self.any_word((term.words[0], *term.others))
        if self._is_sqlite:
            return '"' + " ".join(term.words) + '"' + ("*" if term.prefix else "")
        return _tsquery(term, joined=" & " if loose else " <-> ")

    def any_word(self, some: Iterable[str]) -> str:
        """Return what matches any of some folded words."""
        return self.any(f'"{one}"' if self._is_sqlite else f"'{one}'" for one in some)

    def any(self, some: Iterable[str]) -> str:
        """Return what matches where one of ``some`` does."""
        return "(" + (" OR " if self._is_sqlite else " | ").join(some) + ")"

    def all(self, some: Iterable[str]) -> str:
        """Return what matches where each of ``some`` does."""
        return "(" + (" AND " if self._is_sqlite else " & ").join(some) + ")"

    def but_not(self, match: str, without: Sequence[str]) -> str:
        """Return what matches where ``match`` does and none of ``without``."""
        if not without:
            return match
        return f"({match}) NOT {self.any(without)}" if self._is_sqlite else f"{match} & !{self.any(without)}"

    def in_title(self, wanted: Sequence[Term]) -> str:
        """Return what matches where a title has every one of some terms."""
        if self._is_sqlite:
            return "({title} : " + self.all(self.term(term) for term in wanted) + ")"
        return self.all(_tsquery(term, weight="A") for term in wanted)

    def look_in_titles(self, wanted: Sequence[Term], without: Sequence[str]) -> Look:
        """Return how to find articles whose title has every one of some terms."""
        exact = self.but_not(self.in_title(wanted), without)
        if self._is_sqlite:
            return Look(exact)
        words_ = self.all(self.term(term, loose=True) for term in wanted)
        return Look(words_, exact if without or _has_phrases(wanted) else "", in_title=True)

    def look(self, wanted: Sequence[Term], without: Sequence[str], *, wide: bool = False) -> Look:
        """Return how to find articles with every one of some terms; ``wide`` in any of their forms."""
        exact = self.but_not(self.all(self.term(term, wide=wide) for term in wanted), without)
        if self._is_sqlite or not _has_phrases(wanted):
            return Look(exact)
        return Look(self.all(self.term(term, wide=wide, loose=True) for term in wanted), exact)

    def wanted(self, terms: Sequence[Term]) -> Look | None:
        """Return how to find the terms in any form, without what they exclude; None where they ask for nothing."""
        some = [term for term in terms if not term.excluded]
        return self.look(some, [self.term(term) for term in terms if term.excluded], wide=True) if some else None

    def checked(self, connection: Connection, look: Look, ids: Sequence[int]) -> Sequence[int]:
        """Return those of ``ids`` that are what was asked for."""
        if not look.check or not ids:
            return ids
        return list(connection.execute(_CHECK, {"ids": list(ids), "query": look.check}).scalars())

    def ids(
        self,
        connection: Connection,
        look: Look,
        limit: int,
        *,
        before: int | None = None,
        since: int = 0,
        joined: bool | None = None,
    ) -> list[int]:
        """Return the ids of articles that an index brings, the newest first, of ``since <= id < before``.

        ``joined`` True are those of an incident, False those of none, None both. Where ``look`` has a check, they are
        still to be `checked`.
        """
        if self._is_sqlite:
            statement = _found("article_search", "article_search MATCH :query", "rowid", "rowid", joined)
            values = {"query": look.match, "limit": limit, "since": since, "before": before or 2**62}
            return list(connection.execute(statement, values).scalars())
        top = before if before is not None else (connection.execute(_HIGHEST).scalar() or 0) + 1
        edge = max(since, top - NEWEST)
        table, matches = "article_search" + look.in_title * "_titles", "document @@ to_tsquery('simple', :query)"
        values = {"query": look.match, "limit": limit, "since": edge, "before": top}
        walk = _found(table, matches, "article_id", "article_id", joined)
        ids = list(connection.execute(walk, values).scalars())
        needed, left, share = limit - len(ids), edge - since, len(ids) / NEWEST
        if needed <= 0 or left <= 0:
            return ids
        # Either all that the words have are fetched and sorted, or the articles are walked through, the newest first,
        # until there are enough: what reads less.
        by_words = RANDOM * share * left < needed / share if share else True
        statement = _found(table, matches, "article_id", "(article_id + 0)", joined) if by_words else walk
        rest = {"query": look.match, "limit": needed, "since": since, "before": edge}
        return ids + list(connection.execute(statement, rest).scalars())


def _found(table: str, matches: str, column: str, ordered: str, joined: bool | None) -> TextClause:
    """Return the statement of `Matcher.ids`; ``ordered`` other than the column keeps the engine from walking by it."""
    asks = f"SELECT {column} FROM {table} WHERE {matches}"  # noqa: S608 - names of ours
    asks += f" AND {ordered} >= CAST(:since AS bigint) AND {ordered} < CAST(:before AS bigint)"
    if joined is not None:
        mine = f"SELECT 1 FROM incident_articles i WHERE i.article_id = {table}.{column}"  # noqa: S608
        asks += f" AND {'' if joined else 'NOT '}EXISTS ({mine})"
    return text(f"{asks} ORDER BY {ordered} DESC LIMIT :limit")


def _has_phrases(terms: Sequence[Term]) -> bool:
    return any(len(term.words) > 1 for term in terms)


def _tsquery(term: Term, weight: str = "", joined: str = " <-> ") -> str:
    marks = weight + ("*" if term.prefix else "")
    last = len(term.words) - 1
    parts = [
        f"'{word}'" + (f":{kept}" if (kept := marks if at == last else weight) else "")
        for at, word in enumerate(term.words)
    ]
    return "(" + joined.join(parts) + ")"


_HIGHEST = text("SELECT max(article_id) FROM article_search")
_CHECK = text(
    "SELECT article_id FROM article_search WHERE article_id = ANY(:ids) AND document @@ to_tsquery('simple', :query)"
    " ORDER BY article_id DESC"
)

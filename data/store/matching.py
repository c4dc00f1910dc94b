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

    from sqlalchemy import Connection

MOST_TERMS: Final = 32
LONGEST_WORD: Final = 100
"""Characters; PostgreSQL fails on words over 2,046 bytes in a query."""

_TERM = re.compile(r'(-?)"([^"]*)"?|(\S+)')


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that must, or must not, occur: words in a row; ``others`` are further forms of a single word."""

    words: tuple[str, ...]
    prefix: bool = False
    quoted: bool = False
    excluded: bool = False
    others: tuple[str, ...] = ()


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

    def term(self, term: Term, *, wide: bool = False) -> str:
        """Return what matches a term; ``wide`` in any of its forms."""
        if wide and term.others:
            return self.any_word((term.words[0], *term.others))
        if self._is_sqlite:
            return '"' + " ".join(term.words) + '"' + ("*" if term.prefix else "")
        return _tsquery(term)

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

    def wanted(self, terms: Sequence[Term]) -> str:
        """Return what matches the terms in any form, without what they exclude; "" where they ask for nothing."""
        some = [self.term(term, wide=True) for term in terms if not term.excluded]
        without = [self.term(term) for term in terms if term.excluded]
        return self.but_not(self.all(some), without) if some else ""

    def ids(
        self,
        connection: Connection,
        match: str,
        limit: int,
        *,
        before: int | None = None,
        since: int = 0,
        joined: bool | None = None,
    ) -> list[int]:
        """Return the ids of articles that match, the newest first, of ``since <= id < before``.

        ``joined`` True are those of an incident, False those of none, None both.
        """
        column = "rowid" if self._is_sqlite else "article_id"
        matches = "article_search MATCH :query" if self._is_sqlite else "document @@ to_tsquery('simple', :query)"
        asks = f"SELECT {column} FROM article_search WHERE {matches}"  # noqa: S608 - names of ours
        asks += f" AND {column} >= CAST(:since AS bigint) AND {column} < CAST(:before AS bigint)"
        if joined is not None:
            mine = f"SELECT 1 FROM incident_articles i WHERE i.article_id = article_search.{column}"  # noqa: S608
            asks += f" AND {'' if joined else 'NOT '}EXISTS ({mine})"
        asks += f" ORDER BY {column} DESC LIMIT :limit"
        values = {"query": match, "limit": limit, "since": since, "before": before if before is not None else 2**62}
        return list(connection.execute(text(asks), values).scalars())


def _tsquery(term: Term, weight: str = "") -> str:
    marks = weight + ("*" if term.prefix else "")
    last = len(term.words) - 1
    parts = [
        f"'{word}'" + (f":{kept}" if (kept := marks if at == last else weight) else "")
        for at, word in enumerate(term.words)
    ]
    return "(" + " <-> ".join(parts) + ")"

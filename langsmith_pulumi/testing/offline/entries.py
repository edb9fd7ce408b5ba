"""The entries of a state in order, indexed so that a change does not look at all of them.

Entries that this run has finished come first, in the order of completion, and then those that
remain, in their old order. So every entry follows its dependencies at any moment.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from .integrity import entry_problems, with_renamed_references, without_reference

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .state import Entry

Key = tuple[str, str, bool]
"""The URN, the id and the mark for deletion, by which an entry is found."""

_Place = tuple[int, int]
"""The position of an entry: its section, and a number that grows within the section."""

_DONE, _REMAINING = 0, 1


def key_of(entry: Entry) -> Key:
    """Return the key of an entry."""
    # Not its identity: a rename copies the entries that refer to the renamed one.
    return entry.urn, entry.id, entry.delete


class Entries:
    """The entries of a state; the cost of a change depends only on the references to the entry."""

    def __init__(self, remaining: Iterable[Entry]) -> None:
        self._sections: tuple[dict[int, Entry], dict[int, Entry]] = ({}, {})
        self._by_urn: dict[str, set[_Place]] = defaultdict(set)
        self._users: dict[str, set[_Place]] = defaultdict(set)
        self._touched: set[_Place] = set()
        self._count = 0
        for entry in remaining:
            self._append(_REMAINING, entry)
        self._touched.clear()

    @property
    def all(self) -> list[Entry]:
        """Return all entries in order."""
        return [*self._sections[_DONE].values(), *self.remaining]

    @property
    def remaining(self) -> list[Entry]:
        """Return the entries that this run has not finished."""
        return list(self._sections[_REMAINING].values())

    def get(self, key: Key) -> Entry | None:
        """Return the entry of a key, or None."""
        places = self._places(key)
        return self._at(places[0]) if places else None

    def live(self, urn: str) -> Entry | None:
        """Return the first entry of a URN that is not marked for deletion, or None."""
        return self._live(sorted(self._by_urn[urn]))

    def live_remaining(self, urn: str) -> Entry | None:
        """Return the same of the entries that this run has not finished."""
        return self._live(sorted(place for place in self._by_urn[urn] if place[0] == _REMAINING))

    def dependents(self, urn: str) -> list[Entry]:
        """Return the remaining entries that need a URN, directly or indirectly, in order."""
        found: set[_Place] = set()
        ahead = [urn]
        while ahead:
            new = self._remaining_users(ahead.pop()) - found
            found |= new
            ahead += [self._at(place).urn for place in new]
        return [self._at(place) for place in sorted(found)]

    def finish(self, entry: Entry) -> None:
        """Append an entry to the finished ones."""
        self._append(_DONE, entry)

    def remove(self, key: Key) -> None:
        """Remove the entries of a key; the references to them stay."""
        for place in self._places(key):
            self._unlink(place)
            del self._sections[place[0]][place[1]]
        self._touched |= self._users[key[0]]

    def substitute(self, key: Key, entry: Entry) -> None:
        """Put an entry in the place of the one that has the key."""
        for place in self._places(key)[:1]:
            self._set(place, entry)

    def rename(self, old: str, new: str) -> None:
        """Change the references of the remaining entries to a URN."""
        for place in self._remaining_users(old):
            self._set(place, with_renamed_references(self._at(place), old, new))

    def drop(self, key: Key) -> None:
        """Remove an entry and the references to it; children move to its parent.

        If several entries have its URN, a reference stays valid while one of them precedes it.
        """
        removed = self.get(key)
        if removed is None:
            return
        self.remove(key)
        for place in self._remaining_users(removed.urn):
            if not self._precedes(removed.urn, place):
                self._set(place, without_reference(self._at(place), removed))

    def new_problems(self) -> list[str]:
        """Return the broken invariants of what was changed since the last call."""
        touched, self._touched = sorted(self._touched), set()
        return [problem for place in touched for problem in self._problems(place)]

    def _problems(self, place: _Place) -> list[str]:
        entry = self._sections[place[0]].get(place[1])
        if entry is None:
            return []  # removed by a later part of the same change
        twins = [other for other in map(self._at, self._by_urn[entry.urn]) if not other.delete]
        return entry_problems(
            entry,
            is_preceded_by=lambda urn: self._precedes(urn, place),
            occurs_twice=not entry.delete and len(twins) > 1,
        )

    def _precedes(self, urn: str, place: _Place) -> bool:
        return any(other < place for other in self._by_urn[urn])

    def _remaining_users(self, urn: str) -> set[_Place]:
        return {place for place in self._users[urn] if place[0] == _REMAINING}

    def _live(self, places: list[_Place]) -> Entry | None:
        return next((entry for entry in map(self._at, places) if not entry.delete), None)

    def _places(self, key: Key) -> list[_Place]:
        return sorted(place for place in self._by_urn[key[0]] if key_of(self._at(place)) == key)

    def _at(self, place: _Place) -> Entry:
        return self._sections[place[0]][place[1]]

    def _append(self, section: int, entry: Entry) -> None:
        self._count += 1
        self._sections[section][self._count] = entry
        self._link((section, self._count))

    def _set(self, place: _Place, entry: Entry) -> None:
        self._unlink(place)
        self._sections[place[0]][place[1]] = entry  # keeps its position
        self._link(place)

    def _link(self, place: _Place) -> None:
        entry = self._at(place)
        self._by_urn[entry.urn].add(place)
        for urn in entry.needs:
            self._users[urn].add(place)
        self._touched.add(place)

    def _unlink(self, place: _Place) -> None:
        entry = self._at(place)
        self._by_urn[entry.urn].discard(place)
        for urn in entry.needs:
            self._users[urn].discard(place)

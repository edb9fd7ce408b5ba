"""The declarations of the program, as one plugin process observes them in the engine's calls.

The engine tells a provider neither what the state contains nor why a resource is created or
deleted. The calls and their order show enough to keep a deployment from being lost:

- Each declared resource is checked first. A second check without old inputs means that the
  resource is being replaced, for any reason.
- A replacement by ``--replace`` or a taint is checked only once, like a new resource. The rollout
  shows it: the state contains the rollout, with the id of a deployment that seems to be new.
- ``diff`` shows which id a resource manages, ``import_`` which one it adopts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import RLock
from typing import Any

Inputs = dict[str, Any]


@dataclass
class Declaration:
    """One resource of the program, identified by its URN."""

    urn: str
    inputs: Inputs
    """The inputs of the last check."""
    olds: Inputs
    """The old inputs of the first check; empty for a new resource, or one replaced by force."""
    replaced: bool = False
    """True if it was checked a second time, without old inputs."""
    written: bool = False
    """True if this process has created or adopted it."""

    @property
    def resource_name(self) -> str:
        """Return the name of the resource in the program."""
        return self.urn.rpartition("::")[2]


@dataclass
class Declarations:
    """The resources of the program of one kind, and what they manage or adopt."""

    noun: str = "deployment"
    """What each of them manages."""
    name_field: str = "name"
    """The input with the name that is unique in a workspace."""
    _by_urn: dict[str, Declaration] = field(default_factory=dict)
    _names: dict[tuple[object, str], str] = field(default_factory=dict)
    _adopters: dict[str, str] = field(default_factory=dict)
    _managers: dict[str, str] = field(default_factory=dict)
    _readers: dict[str, str] = field(default_factory=dict)
    _lock: RLock = field(default_factory=RLock)

    def get(self, urn: object) -> Declaration | None:
        """Return the declaration of a URN, or None."""
        with self._lock:
            return self._by_urn.get(urn) if isinstance(urn, str) else None

    def declare(self, urn: object, olds: Inputs, inputs: Inputs) -> Declaration | None:
        """Record a check; return the declaration, or None if the URN is unknown."""
        if not isinstance(urn, str):
            return None
        with self._lock:
            known = self._by_urn.get(urn)
            if known is None:
                known = self._by_urn[urn] = Declaration(urn, inputs, olds)
            else:
                known.replaced = known.replaced or not olds
                known.inputs = inputs
            return known

    def old_inputs(self, urn: object) -> Inputs:
        """Return the old inputs of the first check of a URN; empty if there were none."""
        known = self.get(urn)
        return known.olds if known else {}

    def claim_name(self, place: object, name: str, urn: str) -> str:
        """Record a declared name; return the URN of the resource that was first.

        ``place`` is the control plane and the workspace, which have names of their own.
        """
        with self._lock:
            return self._names.setdefault((place, name), urn)

    def claim_import(self, deployment_id: str, urn: str) -> str:
        """Record an adopted deployment; return the URN of the resource that was first."""
        with self._lock:
            return self._adopters.setdefault(deployment_id.lower(), urn)

    def adopter(self, deployment_id: str) -> str | None:
        """Return the resource whose ``import_`` names this deployment, or None."""
        with self._lock:
            return self._adopters.get(deployment_id.lower())

    def manage(self, deployment_id: str, urn: object) -> None:
        """Record the declared resource that manages a deployment.

        A refresh compares too, before the program has declared anything; that is ignored.
        """
        with self._lock:
            if isinstance(urn, str) and urn in self._by_urn:
                self._managers[deployment_id.lower()] = urn

    def manager(self, deployment_id: str) -> str | None:
        """Return the declared resource that manages a deployment by the state, or None."""
        with self._lock:
            return self._managers.get(deployment_id.lower())

    def read(self, deployment_id: str, urn: object) -> None:
        """Record the declared resource that only reads a deployment."""
        if isinstance(urn, str):
            with self._lock:
                self._readers[deployment_id.lower()] = urn

    def reader(self, deployment_id: str) -> str | None:
        """Return the declared resource that only reads a deployment, or None."""
        with self._lock:
            return self._readers.get(deployment_id.lower())

    def written(self, urn: object) -> None:
        """Record that a resource was created or adopted."""
        with self._lock:
            if isinstance(urn, str) and urn in self._by_urn:
                self._by_urn[urn].written = True

    def successor(self, name: object) -> Declaration | None:
        """Return the resource that is still to be created under this name, or None."""
        with self._lock:
            waiting = (
                declared
                for declared in self._by_urn.values()
                if not declared.written and (declared.replaced or not declared.olds)
            )
            return next((one for one in waiting if one.inputs.get(self.name_field) == name), None)


def resource_name(urn: str) -> str:
    """Return the resource name at the end of a URN."""
    return urn.rpartition("::")[2]


def parent_urn(urn: object) -> str | None:
    """Return the URN of a parent with the same name as its child, as a rollout's deployment."""
    if not isinstance(urn, str):
        return None
    head, _, name = urn.rpartition("::")
    parents, _, own_type = head.rpartition("$")
    return f"{parents}::{name}" if parents and own_type else None

"""The metadata of a gRPC call, as the policy wants the method to see it."""

from collections.abc import Mapping
from typing import NamedTuple, cast

import grpc

from gatepost.gates.forwarding import forwarding


class _Metadatum(NamedTuple):
    key: str
    value: str | bytes


class _Admitted:
    """The context of a call whose metadata the policy has put right; everything else is the server's."""

    def __init__(self, context: grpc.ServicerContext, metadata: tuple[_Metadatum, ...]) -> None:
        self._context = context
        self._metadata = metadata

    def __getattr__(self, name: str) -> object:
        return getattr(self._context, name)

    def invocation_metadata(self) -> tuple[_Metadatum, ...]:
        return self._metadata


def admitted(context: grpc.ServicerContext, values: Mapping[str, str]) -> grpc.ServicerContext:
    """Return the context of a call with the policy's values in its metadata, in place of all copies that came in."""
    if not values:
        return context
    replace = forwarding(tuple(values))
    kept = [_Metadatum(name, value) for name, value in context.invocation_metadata() or () if not replace.is_copy(name)]
    kept += [_Metadatum(name.lower(), value) for name, value in values.items() if value]
    return cast("grpc.ServicerContext", _Admitted(context, tuple(kept)))

"""`[dpop]` and `[redis]` in a policy file: how the binding of tokens is checked, and what several servers share."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from gatepost.errors import ConfigurationError
from gatepost.frozen import Frozen
from gatepost.jose.algorithms import ASYMMETRIC
from gatepost.policy.settings.secret_reference import secret
from gatepost.policy.settings.table import Table
from gatepost.policy.settings.watched_files import WatchedFiles
from gatepost.verification.dpop_nonce import DpopNonces
from gatepost.verification.dpop_proof import ProofRules
from gatepost.verification.replay import ReplayStore
from gatepost.verification.sender_constraint import SenderConstraint

if TYPE_CHECKING:
    from gatepost.policy.token_check import Revocations
    from gatepost.verification.redis_connection import RedisConnection


class SenderSettings(Frozen):
    """How DPoP proofs have to be.

    Attributes:
        rules: The rules for proofs.
        nonces: The nonces to demand in them, or `None`.
    """

    __slots__ = ("nonces", "rules")

    rules: ProofRules
    nonces: DpopNonces | None

    def __init__(self, rules: ProofRules | None = None, nonces: DpopNonces | None = None) -> None:
        self._set(rules=rules or ProofRules(), nonces=nonces)

    def open(self, replays: ReplayStore | None) -> SenderConstraint:
        """Return the check at work, with where the proofs that were used are remembered."""
        return SenderConstraint(rules=self.rules, replays=replays, nonces=self.nonces)


class SharedStore:
    """What several servers share through Redis.

    Attributes:
        replays: The DPoP proofs that were used.
        revocations: The tokens that are good no more, or `None` when nobody asks for them.
    """

    def __init__(self, connection: "RedisConnection", *, with_revocations: bool) -> None:
        from gatepost.verification.redis_replay import RedisReplayStore
        from gatepost.verification.redis_revocation import RedisRevocationList

        self.replays: ReplayStore = RedisReplayStore(connection)
        self.revocations: Revocations | None = RedisRevocationList(connection) if with_revocations else None


def read_sender(table: Table, environ: Mapping[str, str], files: WatchedFiles) -> SenderSettings | None:
    """Return what `[dpop]` says, or `None` when something is wrong with it."""
    given = {
        "algorithms": table.some_of("algorithms", sorted((*ASYMMETRIC, "EdDSA")), "algorithm"),
        "max_age": table.seconds("max_age"),
        "max_future": table.seconds("max_future"),
    }
    nonce_secret = secret(table, environ, files, "nonce_")
    table.finish()
    chosen = {name: value for name, value in given.items() if value is not None}
    try:
        rules = ProofRules(**chosen)  # type: ignore[arg-type]  # each was asked for with its type
        return SenderSettings(rules, None if nonce_secret is None else DpopNonces(nonce_secret))
    except ConfigurationError as error:
        fault = next((key for key in table.given if key in str(error)), None)
        nonce = next((key for key in table.given if key.startswith("nonce_")), None)
        table.complain(str(error), fault or nonce)
        return None


def read_store(table: Table) -> SharedStore | None:
    """Return what `[redis]` means, or `None` when something is wrong with it. Nothing is connected yet."""
    from gatepost.verification.redis_connection import RedisConnection

    url, timeout, revocations = table.text("url"), table.seconds("timeout"), table.flag("revocations")
    if "url" not in table:
        table.complain('[redis] lacks "url", such as url = "${REDIS_URL}"')
    table.finish()
    if url is None:
        return None
    try:
        connection = RedisConnection(url, timeout=1.0 if timeout is None else timeout)
    except ConfigurationError as error:
        table.complain(str(error), "url")
        return None
    return SharedStore(connection, with_revocations=bool(revocations))

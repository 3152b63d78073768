"""Does this token come from the sender that it is bound to: DPoP (RFC 9449 §7) and mutual TLS (RFC 8705 §3)."""

from collections.abc import Sequence
from typing import Literal, TypeAlias

from gatepost.errors import Reason, TokenRejected
from gatepost.verification import confirmation, dpop_proof
from gatepost.verification.client_certificate import ClientCertificate
from gatepost.verification.confirmation import Confirmation
from gatepost.verification.dpop_challenge import ProofRejected
from gatepost.verification.dpop_nonce import DpopNonces
from gatepost.verification.dpop_proof import Proof, ProofRules
from gatepost.verification.replay import MemoryReplayStore, ReplayStore
from gatepost.verification.verified_token import VerifiedToken

# Of a token that is bound in one way: it is refused, accepted when its sender proves it, or nothing else is accepted.
Mode: TypeAlias = Literal["off", "allowed", "required"]

Scheme: TypeAlias = Literal["bearer", "dpop"]


def is_anybodys(token: VerifiedToken, *, scheme: Scheme, dpop: Mode, mtls: Mode) -> bool:
    """Tell whether whoever has `token` may use it as it was sent, so that `SenderConstraint.check` finds no fault."""
    return scheme == "bearer" and dpop != "required" and mtls != "required" and "cnf" not in token.unsealed


class SenderConstraint:
    """Checks the sender of tokens for one server. It is shared by threads and tasks."""

    __slots__ = ("_nonces", "_replays", "_rules")

    def __init__(
        self, *, rules: ProofRules | None = None, replays: ReplayStore | None = None, nonces: DpopNonces | None = None
    ) -> None:
        """Take the rules for DPoP proofs.

        Args:
            rules: How proofs have to be, or `None` for the defaults of `ProofRules`.
            replays: Where the proofs that were used are remembered; `None` for the memory of this one process. Several
                processes that answer for the same URLs need one store for all.
            nonces: The nonces to demand in proofs, or `None`.
        """
        self._rules = rules or ProofRules()
        self._replays = MemoryReplayStore() if replays is None else replays
        self._nonces = nonces

    @property
    def algorithms(self) -> tuple[str, ...]:
        """The algorithms that proofs may be signed with, in order, for the challenge's `algs`."""
        return tuple(sorted(self._rules.algorithms))

    def fresh_nonce(self, now: float) -> str | None:
        """Return the value for `DPoP-Nonce` in an answer, or `None` when no nonce is demanded (RFC 9449 §8.2)."""
        return None if self._nonces is None else self._nonces.current(now)

    def check(
        self,
        token: VerifiedToken,
        access_token: str,
        *,
        scheme: Scheme,
        proofs: Sequence[str] = (),
        method: str,
        url: str,
        certificate: ClientCertificate | None = None,
        now: float,
        dpop: Mode = "allowed",
        mtls: Mode = "allowed",
    ) -> tuple[str, ...]:
        """Return in which ways the sender proved that the token is its own: `dpop`, `mtls`, both or none.

        Args:
            token: The verified token.
            access_token: Its text.
            scheme: The scheme that it was sent with, in lower case.
            proofs: The values of all `DPoP` headers of the request.
            method: The request's method.
            url: The URL that the client asked for; behind a proxy, the one in front of it.
            certificate: The client's certificate, or `None` when it showed none.
            now: The time in seconds since 1970.
            dpop: Whether tokens bound to a DPoP key are refused, accepted or demanded.
            mtls: The same for tokens bound to a certificate.

        Raises:
            ProofRejected: When the DPoP proof is not good, or was used before.
            TokenRejected: `wrong_binding` when the token is bound to another sender, or in a way that is not asked
                for or cannot be checked; `bad_claim` for a `cnf` of the wrong form.
            KeysUnavailable: When the store of used proofs cannot be asked: answer 503.
        """
        bound = confirmation.of(token)
        proof = self._judge(bound, access_token, scheme, proofs, method, url, now, dpop)
        _check_certificate(bound, certificate, mtls)
        # Last, so that a request that is refused for something else does not use its proof up.
        if proof is not None and not self._replays.first_use(proof.replay_key, proof.until, now):
            raise ProofRejected(Reason.REPLAYED, claim="jti")
        return _proven(bound)

    async def check_async(
        self,
        token: VerifiedToken,
        access_token: str,
        *,
        scheme: Scheme,
        proofs: Sequence[str] = (),
        method: str,
        url: str,
        certificate: ClientCertificate | None = None,
        now: float,
        dpop: Mode = "allowed",
        mtls: Mode = "allowed",
    ) -> tuple[str, ...]:
        """Return what `check` returns, without blocking the event loop for the store of used proofs."""
        bound = confirmation.of(token)
        proof = self._judge(bound, access_token, scheme, proofs, method, url, now, dpop)
        _check_certificate(bound, certificate, mtls)
        if proof is not None and not await self._replays.first_use_async(proof.replay_key, proof.until, now):
            raise ProofRejected(Reason.REPLAYED, claim="jti")
        return _proven(bound)

    def _judge(
        self,
        bound: Confirmation,
        access_token: str,
        scheme: Scheme,
        proofs: Sequence[str],
        method: str,
        url: str,
        now: float,
        mode: Mode,
    ) -> Proof | None:
        """Return the proof that the token's key made for this request, or `None` where none is needed."""
        if scheme != "dpop":
            # RFC 9449 §7.2: a bound token that is sent as a bearer token was stolen, or its sender is broken.
            if bound.jkt is not None or mode == "required":
                raise TokenRejected(Reason.WRONG_BINDING, claim="cnf")
            return None
        if bound.jkt is None or mode == "off":
            raise TokenRejected(Reason.WRONG_BINDING, claim="cnf")
        if len(proofs) != 1:
            raise ProofRejected(Reason.MALFORMED, claim="DPoP")
        proof = dpop_proof.check(
            proofs[0],
            method=method,
            url=url,
            access_token=access_token,
            rules=self._rules,
            now=now,
            nonces=self._nonces,
        )
        confirmation.check(bound.jkt, proof.thumbprint)
        return proof


def _check_certificate(bound: Confirmation, certificate: ClientCertificate | None, mode: Mode) -> None:
    if bound.x5t_s256 is None:
        if mode == "required":
            raise TokenRejected(Reason.WRONG_BINDING, claim="cnf")
        return
    if certificate is None or mode == "off":
        raise TokenRejected(Reason.WRONG_BINDING, claim="cnf")
    confirmation.check(bound.x5t_s256, certificate.thumbprint())


def _proven(bound: Confirmation) -> tuple[str, ...]:
    ways = {"dpop": bound.jkt, "mtls": bound.x5t_s256}
    return tuple(name for name, thumbprint in ways.items() if thumbprint is not None)

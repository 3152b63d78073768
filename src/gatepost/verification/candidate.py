"""A token on its way to being believed, and the issuer that it claims."""

from gatepost.errors import TokenRejected
from gatepost.jose import KeySet
from gatepost.jose.algorithms import spellings
from gatepost.jose.header import Header
from gatepost.jose.verifying_key import VerifyingKey
from gatepost.trust.fixed_keys import FixedKeys
from gatepost.trust.issuer import Issuer
from gatepost.trust.key_source import LiveKeys, Snapshot
from gatepost.verification.claims import ClaimRules


class Trusted:
    """An issuer at work: its rules, prepared, and its keys, alive."""

    __slots__ = ("accepted", "alg_names", "identifier", "keys", "rules")

    def __init__(self, issuer: Issuer, now: float) -> None:
        self.identifier = issuer.identifier
        self.accepted = issuer.algorithms
        self.alg_names = spellings(issuer.algorithms)
        self.rules = ClaimRules(issuer)
        self.keys: LiveKeys = (
            FixedKeys(issuer.keys, now) if isinstance(issuer.keys, KeySet) else issuer.keys.open(issuer.identifier, now)
        )


class Candidate:
    """A token that was taken apart and claims an issuer that is trusted; nothing in it is believed yet."""

    __slots__ = ("claims", "header", "header_text", "signature", "signing_input", "trusted")

    def __init__(  # positional, since it is made for every token
        self,
        header_text: bytes,
        header: Header,
        claims: dict[str, object],
        signing_input: bytes,
        signature: bytes,
        trusted: Trusted,
    ) -> None:
        self.header_text = header_text
        self.header = header
        self.claims = claims
        self.signing_input = signing_input
        self.signature = signature
        self.trusted = trusted

    def key_in(self, snapshot: Snapshot) -> VerifyingKey | None:
        """Return the key of `snapshot` that the header means, if its algorithm is accepted."""
        key = snapshot.key_set.find(self.header.kid, self.header.alg)
        return key if key is not None and key.algorithm in self.trusted.accepted else None

    def is_signed_by(self, key: VerifyingKey) -> bool:
        """Tell whether `key` signed the token."""
        try:
            key.verify(self.signature, self.signing_input)
        except TokenRejected:
            return False
        return True

    def keys_at_hand(self, now: float) -> Snapshot | None:
        """Return the keys at hand, if one of them signed the token; `None` when that one has to be sought.

        Raises:
            TokenRejected: `bad_signature`, when the key that it names did not sign it.
        """
        snapshot = self.trusted.keys.current(now)
        key = None if snapshot is None else self.key_in(snapshot)
        if key is None:
            return None
        if key.kid is not None and self.header.kid is not None:
            key.verify(self.signature, self.signing_input)
            return snapshot
        # A key without a name may have been replaced by another one: look again.
        return snapshot if self.is_signed_by(key) else None

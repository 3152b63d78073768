"""Everything that is known of a token, once it was taken apart and judged."""

from collections.abc import Iterator, Mapping

from gatepost.cli.check import Check
from gatepost.cli.claim_checks import ClaimChecks
from gatepost.cli.dissection import dissect
from gatepost.cli.header_checks import check_header
from gatepost.cli.verdict import Verdict
from gatepost.trust.issuer import Issuer


class Inspection:
    """A token's parts, the checks of them, and the verdict.

    Attributes:
        header: The header, or `None` where it cannot be read.
        payload: The payload, likewise.
        checks: All checks, in the order of verification.
        verdict: What the keys say.
        now: The moment of the inspection, in seconds since 1970.
    """

    def __init__(self, token: str, now: float, issuer: Issuer | None, verdict: Verdict) -> None:
        found = dissect(token)
        self.now = now
        self.verdict = verdict
        self.header: Mapping[str, object] | None = found.header
        self.payload: Mapping[str, object] | None = found.payload
        self.checks = tuple(self._collect(found.checks, issuer))

    @property
    def status(self) -> int:
        """The exit status."""
        if self.verdict.outcome == "refused" or any(check.outcome == "failed" for check in self.checks):
            return 1
        return 2 if self.verdict.reason is not None else 0

    def as_json(self) -> dict[str, object]:
        """Return all of it as an object for programs."""
        return {
            "verified": self.verdict.outcome == "verified",
            "verdict": self.verdict.outcome,
            "reason": self.verdict.reason,
            "sentence": self.verdict.sentence,
            "header": self.header,
            "payload": self.payload,
            "checks": [check._asdict() for check in self.checks],
        }

    def _collect(self, form: tuple[Check, ...], issuer: Issuer | None) -> Iterator[Check]:
        signature = self.verdict.signature
        yield from (check for check in form if check.name != "signature")
        if self.header is not None:
            yield from check_header(self.header)
        for check in form:
            if check.name == "signature":
                # An empty or garbled one stays what it is, whatever the keys say.
                yield check if signature is None or check.outcome == "failed" else signature
        if self.payload is not None:
            yield from ClaimChecks(self.header or {}, self.payload, self.now, issuer).all()

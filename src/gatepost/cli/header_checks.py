"""The header of a token, checked parameter by parameter."""

from collections.abc import Iterator, Mapping

from gatepost.cli.check import Check, failed, passed
from gatepost.errors import TokenRejected
from gatepost.jose.algorithms import ASYMMETRIC, SYMMETRIC
from gatepost.jose.header import Header
from gatepost.jose.strict_json import JsonObject
from gatepost.jose.verifying_key import MAX_KID_LENGTH

_WHY_REFUSED = {
    "crit": "crit demands extensions that the reader has to understand; none is understood here",
    "b64": "b64 would change what was signed",
    "jwk": "jwk brings its own key along, which proves nothing",
}
_SHAPES = {"kid": f"not a string of at most {MAX_KID_LENGTH} characters", "typ": "not a string"}
_IGNORED = ("jku", "x5u", "x5c", "x5t", "x5t#S256")


def check_header(header: Mapping[str, object]) -> Iterator[Check]:
    """Yield what can be said of the header without keys."""
    yield _check_alg(header.get("alg"))
    if "kid" not in header:
        yield passed("kid", "none; accepted where exactly one key of the issuer fits")
    refused = [name for name in _WHY_REFUSED if name in header]
    for name in refused:
        yield failed(name, _WHY_REFUSED[name])
    ignored = [name for name in _IGNORED if name in header]
    if ignored:
        yield passed(", ".join(ignored), "ignored: keys come from the issuer, never from the token")
    if not refused and isinstance(header.get("alg"), str):
        try:
            Header(JsonObject(header))
        except TokenRejected as refusal:
            yield failed(refusal.claim or "header", _SHAPES.get(refusal.claim or "", "not allowed as it is"))


def _check_alg(alg: object) -> Check:
    if not isinstance(alg, str):
        return failed("alg", "missing" if alg is None else "it is no string")
    if alg in ASYMMETRIC or alg == "EdDSA":
        return passed("alg", f"{alg}, verified with a public key")
    if alg in SYMMETRIC:
        return passed("alg", f"{alg}, verified with a shared secret: accepted only where one is given")
    if alg.lower() == "none":
        return failed("alg", "none: the token is not signed, anyone could have written it")
    return failed("alg", f"{alg} is not supported")

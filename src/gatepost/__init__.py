"""JWT access control: one trust policy, the same decision at every gate.

```python
from gatepost import Issuer, Verifier

verifier = Verifier(Issuer("https://issuer.example", audience="https://api.example.com"))
token = verifier.verify(text)  # or raises TokenRejected, KeysUnavailable
```
"""

from typing import TYPE_CHECKING

from gatepost.lazily import exports

if TYPE_CHECKING:
    from gatepost.errors import ConfigurationError, GatepostError, KeysUnavailable, Reason, TokenRejected
    from gatepost.jose import KeySet
    from gatepost.trust.discovery import Discovery
    from gatepost.trust.issuer import Issuer
    from gatepost.trust.jwks_file import JwksFile
    from gatepost.trust.jwks_url import JwksUrl
    from gatepost.verification import VerifiedToken, Verifier

__version__ = "0.1.0"

__all__ = [
    "ConfigurationError",
    "Discovery",
    "GatepostError",
    "Issuer",
    "JwksFile",
    "JwksUrl",
    "KeySet",
    "KeysUnavailable",
    "Reason",
    "TokenRejected",
    "VerifiedToken",
    "Verifier",
]

_HOMES = {
    "ConfigurationError": "gatepost.errors",
    "Discovery": "gatepost.trust.discovery",
    "GatepostError": "gatepost.errors",
    "Issuer": "gatepost.trust.issuer",
    "JwksFile": "gatepost.trust.jwks_file",
    "JwksUrl": "gatepost.trust.jwks_url",
    "KeySet": "gatepost.jose",
    "KeysUnavailable": "gatepost.errors",
    "Reason": "gatepost.errors",
    "TokenRejected": "gatepost.errors",
    "VerifiedToken": "gatepost.verification",
    "Verifier": "gatepost.verification",
}

__getattr__, __dir__ = exports(__name__, _HOMES)

"""An issuer inside a test, as strict as the vendor: its URLs, its token shapes, faults to switch on, a clock to turn.

```python
from gatepost import Verifier
from gatepost.testing import LocalIssuer

with LocalIssuer("pingone", audience="https://api.example.com") as issuer:
    verifier = Verifier(issuer.issuer(), clock=issuer.clock)
    verifier.verify(issuer.mint(scope="read"))
```

With pytest, the fixtures `issuer` and `mint_token` do the same.
"""

from typing import TYPE_CHECKING

from gatepost.lazily import exports

if TYPE_CHECKING:
    from gatepost.testing.clock import TurnableClock
    from gatepost.testing.fault import Endpoint, Fault
    from gatepost.testing.local_issuer import LocalIssuer
    from gatepost.testing.minting import OMIT

__all__ = ["OMIT", "Endpoint", "Fault", "LocalIssuer", "TurnableClock"]

_HOMES = {
    "OMIT": "gatepost.testing.minting",
    "Endpoint": "gatepost.testing.fault",
    "Fault": "gatepost.testing.fault",
    "LocalIssuer": "gatepost.testing.local_issuer",
    "TurnableClock": "gatepost.testing.clock",
}


# The pytest plugin lives in this package and is loaded by every pytest that has Gatepost installed.
__getattr__, __dir__ = exports(__name__, _HOMES)

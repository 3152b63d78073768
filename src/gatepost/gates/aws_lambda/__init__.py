"""The gate on AWS Lambda: a Lambda authorizer for API Gateway, and a guard for functions behind its JWT authorizers.

```python
from gatepost.gates.aws_lambda import authorizer

handler = authorizer(policy="gatepost.toml", keys="keys.json")
```
"""

from typing import TYPE_CHECKING

from gatepost.lazily import exports

if TYPE_CHECKING:
    from gatepost.gates.aws_lambda.authorizer_handler import authorizer
    from gatepost.gates.aws_lambda.baked_keys import BakedKeys
    from gatepost.gates.aws_lambda.claims_guard import requires
    from gatepost.gates.aws_lambda.finding import Unauthorized

__all__ = ["BakedKeys", "Unauthorized", "authorizer", "requires"]

_HOME = "gatepost.gates.aws_lambda"

__getattr__, __dir__ = exports(
    __name__,
    {
        "BakedKeys": f"{_HOME}.baked_keys",
        "Unauthorized": f"{_HOME}.finding",
        "authorizer": f"{_HOME}.authorizer_handler",
        "requires": f"{_HOME}.claims_guard",
    },
)

"""What a policy is asked about."""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import NamedTuple

ANONYMOUS = "*"

_NOTHING: Mapping[str, str] = MappingProxyType({})


class IamRequest(NamedTuple):
    """Someone wants to do something, in circumstances that conditions may name.

    Attributes:
        action: Such as `execute-api:Invoke`.
        resource: The ARN of what it is done to.
        source_ip: `aws:SourceIp`.
        time: `aws:CurrentTime` and `aws:EpochTime`, in seconds since 1970.
        user_agent: `aws:UserAgent`, or `None`.
        referer: `aws:Referer`, or `None`.
        secure: `aws:SecureTransport`. On AWS every request comes by TLS.
        principal: Who it is: an ARN, `ANONYMOUS`, or `None` where the policy is about one principal anyhow.
        more: More condition keys in lower case, with their values.
    """

    action: str
    resource: str
    source_ip: str
    time: float
    user_agent: str | None = None
    referer: str | None = None
    secure: bool = True
    principal: str | None = None
    more: Mapping[str, str] = _NOTHING

    def value(self, key: str) -> str | None:
        """Return the value of a condition key, whose name is in lower case; `None` when the request has none."""
        match key:
            case "aws:sourceip":
                return self.source_ip
            case "aws:currenttime":
                return datetime.fromtimestamp(int(self.time), UTC).isoformat()
            case "aws:epochtime":
                return str(int(self.time))
            case "aws:useragent":
                return self.user_agent
            case "aws:referer":
                return self.referer
            case "aws:securetransport":
                return "true" if self.secure else "false"
            case "aws:principalarn":
                return None if self.principal in {None, ANONYMOUS} else self.principal
            case _:
                return self.more.get(key)

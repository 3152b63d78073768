"""A Lambda function, as a template describes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gatepost.apigateway.model.place import NOWHERE, Place


@dataclass(frozen=True, slots=True)
class Permission:
    """Who may invoke a function (`AWS::Lambda::Permission`).

    Attributes:
        principal: A service, such as `apigateway.amazonaws.com`, or `*`.
        source_arn: A pattern with `*` and `?` for the ARN of what invokes it, or `None` for any.
    """

    principal: str
    source_arn: str | None = None


@dataclass(frozen=True, slots=True)
class Function:
    """A Lambda function.

    Attributes:
        logical_id: Its name in the template.
        name: Its name on AWS: `FunctionName`, or the logical id.
        arn: Its ARN.
        handler: Such as `app.handler`.
        runtime: Such as `python3.12` or `nodejs22.x`.
        code: The folder that `CodeUri` names; `None` with `InlineCode`.
        inline_code: The source that stands in the template, or `None`.
        layers: The folders of its layers, in order.
        environment: Its variables, complete but for those that Lambda sets by itself.
        timeout: Seconds that a call may take.
        memory: MiB that it may use.
        permissions: Who may invoke it.
        place: Where it stands in the template.
    """

    logical_id: str
    name: str
    arn: str
    handler: str
    runtime: str
    code: Path | None
    inline_code: str | None = None
    layers: tuple[Path, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    timeout: float = 3
    memory: int = 128
    permissions: tuple[Permission, ...] = ()
    place: Place = NOWHERE

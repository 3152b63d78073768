"""What policies say about a request together: an explicit deny wins, then an allow, and silence denies."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from gatepost.apigateway.iam.iam_request import IamRequest
from gatepost.apigateway.iam.policy import Policy, read_policy


class Verdict(NamedTuple):
    """What policies say.

    Attributes:
        effect: `Allow`, `Deny` for an explicit one, or `None` when no statement is about the request.
        document: The place of the document that decided, from 0; -1 when none did.
        statement: The place of its statement, from 0; -1 when none did.
        sid: The statement's name, or an empty string.
    """

    effect: Literal["Allow", "Deny"] | None
    document: int = -1
    statement: int = -1
    sid: str = ""

    @property
    def allowed(self) -> bool:
        """Whether the request may go on."""
        return self.effect == "Allow"

    def __str__(self) -> str:
        """Return which statement decided, and how."""
        if self.effect is None:
            return "no statement is about this request: implicit deny"
        name = f" ({self.sid!r})" if self.sid else ""
        return f"statement {self.statement + 1}{name}: {'allow' if self.allowed else 'explicit deny'}"


_SILENCE = Verdict(None)
_WORST_FIRST = {"Deny": 0, None: 1, "Allow": 2}


def evaluate(documents: Sequence[Mapping[str, Any] | Policy], request: IamRequest) -> Verdict:
    """Return what `documents` say about `request` together, as IAM does for policies of one account.

    Args:
        documents: The policies: JSON documents, or such that were read before.
        request: What they are asked about.

    Raises:
        BadPolicy: When a document is malformed, whatever the others say.
    """
    policies = [each if isinstance(each, Policy) else read_policy(each) for each in documents]
    allowed: Verdict | None = None
    for place, policy in enumerate(policies):
        for number, statement in enumerate(policy.statements):
            if statement.effect == "Allow" and allowed is not None:
                continue
            if statement.is_about(request):
                verdict = Verdict(statement.effect, place, number, statement.sid)
                if statement.effect == "Deny":
                    return verdict
                allowed = verdict
    return allowed or _SILENCE


def evaluate_each(
    documents: Sequence[Mapping[str, Any] | Policy], requests: Sequence[IamRequest]
) -> tuple[Verdict, IamRequest]:
    """Return the worst of what `documents` say about `requests`, of which there is at least one, and about which.

    Raises:
        BadPolicy: As `evaluate`.
    """
    said = [(evaluate(documents, request), request) for request in requests]
    return min(said, key=lambda each: _WORST_FIRST[each[0].effect])

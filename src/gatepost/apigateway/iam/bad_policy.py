"""What is wrong with a policy that cannot be evaluated."""

from gatepost.errors import GatepostError


class BadPolicy(GatepostError):
    """A policy document is malformed; the message says where and how, and holds nothing that could be a secret."""

    code = "bad_policy"

"""Templates: SAM and CloudFormation, as values that the gateway serves."""

from gatepost.apigateway.template.loading import load
from gatepost.apigateway.template.overrides import parse_overrides

__all__ = ["load", "parse_overrides"]

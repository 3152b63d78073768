"""Signing on: authorization, flows, sessions, signing off, and letting devices in."""

from gatepost.provider.signon.flows import Flows, Step
from gatepost.provider.signon.routes import routes

__all__ = ["Flows", "Step", "routes"]

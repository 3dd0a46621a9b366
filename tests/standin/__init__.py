"""A local stand-in of the Tradier API, behind an HTTPS proxy with its own certificate authority."""

from .broker import Account, Login
from .faults import Fault
from .server import StandIn

__all__ = ["Account", "Fault", "Login", "StandIn"]

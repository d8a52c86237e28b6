"""What the parsers of the push protocol raise, and nothing else."""

from __future__ import annotations

from devices.errors import ProtocolError


class MalformedRequest(ProtocolError):
    """What arrived is not a request of the push protocol."""

    action = "Is it a terminal that calls? Its address for push (ADMS) must be this gateway's."

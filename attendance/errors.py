"""What may be wrong with the facts about people."""


class RosterError(ValueError):
    """A fact of the roster cannot be right; the message says why, plainly, never repeating the NIP."""


class CorrectionRejected(ValueError):
    """A correction that cannot be entered; the message says what is missing or wrong."""

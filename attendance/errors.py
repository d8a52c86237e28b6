"""What may be wrong with the facts about people."""


class RosterError(ValueError):
    """A fact of the roster cannot be right; the message says why, plainly, never repeating the NIP."""

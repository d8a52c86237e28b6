"""What may be wrong with an installation's settings."""


class ConfigError(Exception):
    """The settings cannot be used; the message says which file, which key, why, and what to do."""

"""Settings, the city clock, and the rule packs: what an installation may choose."""

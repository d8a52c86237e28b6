"""The pure domain: people, punches, duty days, and the judgement of a day. Standard library only."""

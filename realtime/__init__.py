"""From the store to the walls: a live board of the day, sent to every monitor as snapshot and deltas."""

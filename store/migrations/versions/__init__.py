"""One file a revision, named for what it does."""

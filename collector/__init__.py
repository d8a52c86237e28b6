"""The daemon that follows every terminal and brings its punches into the store."""

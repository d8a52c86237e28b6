"""The HTTP API through which another program of the city enters shift rosters."""

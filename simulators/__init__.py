"""Terminals, fleets and whole mornings that are not real: for technicians, for the demo and for tests."""

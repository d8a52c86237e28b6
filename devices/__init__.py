"""Terminals: protocols, drivers and their registry. Imports no other package of ours."""

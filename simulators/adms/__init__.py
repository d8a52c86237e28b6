"""Terminals that push: clients of the push protocol, old and new, as strict as real ones."""

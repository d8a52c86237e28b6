"""Migrations; Alembic runs `env.py`, which takes the connection from `store.migrate`."""

"""Sweep configurations: reading, checking, and what they mean. Pure; usable without a server."""

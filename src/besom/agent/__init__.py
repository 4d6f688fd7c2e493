"""Asks for work, runs it, reports."""

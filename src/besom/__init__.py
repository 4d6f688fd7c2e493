"""Hyperparameter sweeps on your own machine or cluster."""

"""Scoring: what to score, how, and what came out."""

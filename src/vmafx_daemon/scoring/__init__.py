"""Scoring that somebody waits for: one pair at once, and live streams of pairs and videos."""

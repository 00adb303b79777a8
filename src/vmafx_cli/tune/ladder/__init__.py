"""Ladders for adaptive streaming: the hull over sizes, the rungs on it, their packages."""

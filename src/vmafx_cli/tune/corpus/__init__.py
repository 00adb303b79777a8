"""Corpora: measured grids of sources and settings, one JSON object a line."""

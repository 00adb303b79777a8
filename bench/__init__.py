"""Measurements against FFmpeg, printed as ratios; see run.py."""

"""Encoding shot by shot: a quality for each, so that the whole meets targets with fewer bits."""

"""Encoding a whole source at a searched setting, and verifying what came out."""

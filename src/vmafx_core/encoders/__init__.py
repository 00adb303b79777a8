"""Encoders behind one contract: what each can do, and encoding with it."""

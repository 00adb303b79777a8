"""Encoders compared at equal quality: BD-rates, and bits at targets."""

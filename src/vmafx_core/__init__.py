"""The engine of vmafx: perceptual video quality, exact and fast."""

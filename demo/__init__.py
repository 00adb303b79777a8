"""The demonstration: a clip made from nothing, encodes of it, and their scores."""

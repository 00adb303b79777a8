"""What a worker needs to encode a part of a source, and to put encoded parts together."""

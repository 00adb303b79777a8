"""What several test modules need: shared data, outside programs, small clips."""

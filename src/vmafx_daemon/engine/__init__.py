"""What executes jobs and streams."""

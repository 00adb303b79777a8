"""The command line of vmafx."""

"""Small neural models: the devices they can run on, the registry they come from, their sessions."""

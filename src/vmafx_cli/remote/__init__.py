"""What commands ask of a daemon, and show as if it were here."""

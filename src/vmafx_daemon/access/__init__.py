"""Who may do what: callers, tokens, certificates, the places that requests may name."""

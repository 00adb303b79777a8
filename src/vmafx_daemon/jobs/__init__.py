"""Jobs: stored before they are acknowledged, queued, told about."""

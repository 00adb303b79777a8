"""Finding encode settings by measuring; stands on the core alone."""

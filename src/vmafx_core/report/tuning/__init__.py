"""What searches found, in every form: tables, plots, JSON, CSV, events and a page with charts."""

"""What searches found, in every form: tables, JSON, CSV, events and a page with charts."""

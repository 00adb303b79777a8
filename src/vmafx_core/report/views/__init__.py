"""What views of results are made of: tables, charts, plots and facts, for terminal and page."""

"""What people see of results and of runs: tables, plots, bars; and where results go."""

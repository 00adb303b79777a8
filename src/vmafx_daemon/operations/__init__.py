"""Running a daemon: its state folder, its sockets, its logs, and its start in the background."""

"""Options by theme, declared once: each group is a dataclass that commands take as a parameter."""

"""A typer program that does nothing: the least that a command line of this kind costs."""

import typer

app = typer.Typer()


@app.command()
def main() -> None:
    """Do nothing."""


app()

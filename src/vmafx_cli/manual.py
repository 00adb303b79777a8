"""The man pages and shell completions, made from the commands themselves.

    python -m vmafx_cli.manual FOLDER

writes FOLDER/man/*.1 and FOLDER/completions/*; those of the repository are kept current with it.
"""

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer.core
from rich.text import Text
from typer.completion import get_completion_script  # type: ignore[attr-defined]  # no other way

from vmafx_cli import config
from vmafx_cli.command_classes import LazyGroup
from vmafx_cli.main import COMPLETE_VARIABLE, PROGRAM, app

SHELLS = {"bash": PROGRAM, "zsh": f"_{PROGRAM}", "fish": f"{PROGRAM}.fish"}
"""What a shell calls the file in which it looks for the completions of this program."""

# Bash splits words at ":" and "=", which models and requirements contain. So the words are taken
# from the line itself, and what comes before bash's idea of the word is cut off the answers.
_BASH = f"""\
_{PROGRAM}_completion() {{
    local IFS=$'\\n' line=${{COMP_LINE:0:COMP_POINT}} current=${{COMP_WORDS[COMP_CWORD]}}
    [[ $current == [:=] ]] && current=
    COMPREPLY=( $(_TYPER_COMPLETE_ARGS=$line _TYPER_COMPLETE_FISH_ACTION=get-args \\
                  {COMPLETE_VARIABLE}=complete_fish "$1" | cut -f1) )
    line=${{line##*[[:space:]]}}
    COMPREPLY=( "${{COMPREPLY[@]#"${{line%"$current"}}"}}" )
}}

complete -o default -F _{PROGRAM}_completion {PROGRAM}
"""

_SETTINGS = f"""\
.SH ENVIRONMENT
.TP
.B {config.ENVIRONMENT_PREFIX}_COMMAND_OPTION
Default of an option, such as {config.ENVIRONMENT_PREFIX}_SCORE_THREADS=4 or
{config.ENVIRONMENT_PREFIX}_TUNE_CRF_TARGET=94.
.TP
.B {config.CONFIG_VARIABLE}
The configuration file to read.
.TP
.B VMAFX_LIBVMAF
The libvmaf to use in the place of the one in PyAV's wheel.
.TP
.B VMAFX_FFMPEG
The ffmpeg program for the encoders that need one.
.TP
.B VMAFX_CACHE_DIR
The folder in which searches keep what they measured.
.TP
.B NO_COLOR
Print without colour.
.SH FILES
.TP
.I config.toml
Defaults of options, one table a command, such as [score] or [tune.crf]; \\fBvmafx doctor\\fR says
where it is. A flag wins over the environment, which wins over this file.
.SH EXIT STATUS
0 done; 1 a stated requirement was not met; 2 wrong usage; 3 an input cannot be read or decoded;
4 inputs do not fit together; 5 a component is missing or unusable; 6 a remote side cannot be
reached; 7 the work failed; 130 interrupted.
"""


def completion_script(shell: str) -> str:
    """The script that makes a shell complete this program's commands.

    Args:
        shell: One of `SHELLS`.
    """
    if shell == "bash":
        return _BASH
    script = get_completion_script(prog_name=PROGRAM, complete_var=COMPLETE_VARIABLE, shell=shell)
    return f"{script}\n"


def pages() -> Iterator[tuple[str, str]]:
    """Every man page: its file name and its text."""
    root: Any = typer.main.get_command(app)
    context = typer.Context(root, info_name=PROGRAM)
    yield f"{PROGRAM}.1", _page(root, context, _commands(root, PROGRAM) + _SETTINGS)
    yield from _pages_below(root, context)


def _pages_below(group: Any, context: typer.Context) -> Iterator[tuple[str, str]]:
    """The pages of a group's commands, and of theirs where they are groups."""
    above = _title(context)
    for name in group.lazy_commands:
        command = group.load(name)
        nested = typer.Context(command, info_name=name, parent=context)
        is_group = isinstance(command, LazyGroup)
        ending = _commands(command, _title(nested)) if is_group else ""
        yield f"{_title(nested)}.1", _page(command, nested, ending + _see_also(above))
        if is_group:
            yield from _pages_below(command, nested)


def _title(context: typer.Context) -> str:
    return context.command_path.replace(" ", "-")


def _page(command: Any, context: typer.Context, ending: str) -> str:
    title = _title(context)
    summary, *paragraphs = inspect.cleandoc(command.help).split("\n\n")
    usage = " ".join(command.collect_usage_pieces(context))
    return (
        f'.TH {title.upper()} 1 "" "{PROGRAM}" "User Commands"\n'
        f".SH NAME\n{_roff(title)} \\- {_roff(summary.rstrip('.'))}\n"
        f".SH SYNOPSIS\n.B {context.command_path}\n{_roff(usage)}\n"
        + "".join(f".SH DESCRIPTION\n{_roff(' '.join(p.split()))}\n" for p in paragraphs[:1])
        + "".join(f".PP\n{_roff(' '.join(p.split()))}\n" for p in paragraphs[1:])
        + "".join(_options(command, context))
        + _epilog(command.epilog)
        + ending
    )


def _options(command: Any, context: typer.Context) -> Iterator[str]:
    """The options under the headings that help has."""
    panels: dict[str, list[Any]] = {}
    for param in command.get_params(context):
        if isinstance(param, typer.core.TyperOption):
            panels.setdefault(param.rich_help_panel or "Options", []).append(param)
        else:
            panels.setdefault("Arguments", []).append(param)
    yield ".SH OPTIONS\n"
    for heading, params in panels.items():
        yield f".SS {_roff(heading)}\n"
        for param in params:
            yield _parameter(param, context)


def _parameter(param: Any, context: typer.Context) -> str:
    if isinstance(param, typer.core.TyperOption):
        names = ", ".join(rf"\fB{_roff(name)}\fR" for name in param.opts)
        value = param.display_type_rich(context)
    else:
        names, value = rf"\fI{_roff(param.display_name_raw)}\fR", ""
    text = _plain(param.help or "")
    if param.show_default is True and param.default is not None:
        text += f" [default: {param.default}]"
    return f".TP\n{names}{f' {_roff(value)}' if value else ''}\n{_roff(text)}\n"


def _commands(group: Any, title: str) -> str:
    lines = [".SH COMMANDS\n"]
    for name, lazy in group.lazy_commands.items():
        lines.append(f".TP\n.BR {title}-{name} (1)\n{_roff(lazy.summary)}\n")
    return "".join(lines)


def _see_also(title: str) -> str:
    return f".SH SEE ALSO\n.BR {title} (1)\n"


def _epilog(epilog: str | None) -> str:
    """Examples and lists: each heading in bold, its lines as they stand."""
    made = []
    for line in (epilog or "").splitlines():
        if line.startswith("[bold]"):
            made.append(f".fi\n.SH {_plain(line).upper()}\n.nf\n")
        elif line.strip():
            made.append(f"{_roff(line.strip())}\n")
    return "".join(made).removeprefix(".fi\n") + (".fi\n" if made else "")


def _plain(text: str) -> str:
    """`text` without the markup of the terminal."""
    return Text.from_markup(text).plain


def _roff(text: str) -> str:
    """`text` as roff shows it literally."""
    escaped = text.replace("\\", r"\e").replace("-", r"\-").replace("'", r"\(aq")
    return rf"\&{escaped}" if escaped.startswith(".") else escaped


def write(folder: Path) -> None:
    """Write all pages and scripts below a folder."""
    for part in ("man", "completions"):
        (folder / part).mkdir(exist_ok=True)
    for name, text in pages():
        (folder / "man" / name).write_text(text, encoding="utf-8")
    for shell, name in SHELLS.items():
        (folder / "completions" / name).write_text(completion_script(shell), encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))

"""``assistant config``: which settings are in force, where they come from, and changes to them."""

from __future__ import annotations

from pathlib import Path

import click

from assistant.cli.output import note, plain, write, write_json
from assistant.cli.session import Session, pass_session
from assistant.config import (
    DEFAULT_ORIGIN,
    Value,
    parse_value,
    remove_setting,
    save_setting,
    split_name,
    user_config_file,
)
from assistant.errors import UsageError


@click.group(invoke_without_command=True)
@click.pass_context
def config(context: click.Context) -> None:
    """Show settings and where they come from, and change them.

    What comes first wins: --library and --set, the environment (ASSISTANT_SECTION__KEY),
    config.toml in the current folder, your own config.toml, the defaults.
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


@config.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@pass_session
def show(session: Session, as_json: bool) -> None:
    """Print every setting, its value and its origin."""
    rows = list(session.loaded.rows())
    folder = str(session.loaded.settings.library_folder)
    if as_json:
        settings = {name: {"value": value, "origin": origin} for name, value, origin in rows}
        write_json({"library": folder, "settings": settings})
        return
    table = [(name, _literal(value), plain(origin)) for name, value, origin in rows]
    widths = [max(len(row[column]) for row in table) for column in (0, 1)]
    for name, value, origin in table:
        write(f"{name:<{widths[0]}}  {value:<{widths[1]}}  {origin}")
    note(f"The library is in {plain(folder)}")


@config.command()
def path() -> None:
    """Print the path of your own settings file, which need not exist yet."""
    file = user_config_file()
    write(str(file))
    if not file.exists():
        note("There is no such file yet; every setting has its default.")


@config.command("set", context_settings={"ignore_unknown_options": True})
@click.argument("name", metavar="SECTION.KEY")
@click.argument("value")
@pass_session
def set_(session: Session, name: str, value: str) -> None:
    """Change a setting in your own settings file.

    Comments and everything else in the file stay as they are.
    """
    section, key = split_name(name, origin="config set")
    entry = parse_value(section, key, value, "config set")
    file = save_setting(section, key, entry.value)
    note_origin(session, f"{section}.{key}", file)


@config.command()
@click.argument("name", metavar="SECTION.KEY")
@pass_session
def unset(session: Session, name: str) -> None:
    """Take a setting out of your own settings file, so that its default counts again."""
    section, key = split_name(name, origin="config unset")
    file = user_config_file()
    if not remove_setting(section, key):
        note(f"{section}.{key} is not set in {plain(str(file))}")
        return
    note_origin(session, f"{section}.{key}", file)


def note_origin(session: Session, name: str, file: Path) -> None:
    """Say which value of a setting is in force now that ``file`` was changed, and why."""
    try:
        rows = session.loaded.rows()
    except UsageError as error:  # the change is made; something else is wrong
        note(f"Changed {plain(str(file))}, but other settings are wrong:")
        note(plain(str(error)))
        return
    value, origin = next((value, origin) for row, value, origin in rows if row == name)
    note(f"{name} is {_literal(value)} ({plain(origin)})")
    if origin not in {str(file), DEFAULT_ORIGIN}:
        note(
            f"The change in {plain(str(file))} counts where {plain(origin)} does not say otherwise."
        )


def _literal(value: Value) -> str:
    """Write a value as TOML does."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return f'"{plain(value)}"'
        case _:
            return str(value)

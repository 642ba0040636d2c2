"""``assistant config``: which settings are in force, and where they come from."""

from __future__ import annotations

import click

from assistant.cli.output import note, plain, write, write_json
from assistant.cli.session import Session, pass_session
from assistant.config import Value, user_config_file


@click.group(invoke_without_command=True)
@click.pass_context
def config(context: click.Context) -> None:
    """Show settings and where they come from.

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


def _literal(value: Value) -> str:
    """Write a value as TOML does."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return f'"{plain(value)}"'
        case _:
            return str(value)

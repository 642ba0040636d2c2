"""``assistant models``: what is installed, what could be, and everything that is done with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from assistant.cli.exit_codes import ExitCode
from assistant.cli.interrupt import stopping
from assistant.cli.output import note, plain, write, write_json, write_wrapped
from assistant.cli.progress import counting_steps
from assistant.cli.session import Session, pass_session
from assistant.config import Settings, expanded, save_setting
from assistant.errors import ModelError, UsageError

if TYPE_CHECKING:
    from assistant.downloads import PullProgress
    from assistant.evaluation.trial import Trial

STOP_NOTICE = "Stopping; what was fetched is kept. Press Ctrl-C again to stop at once."
_REINDEX = (
    "A library keeps to the embedder that it was indexed with; 'assistant reindex' moves it to "
    "this one."
)


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def models(context: click.Context, as_json: bool) -> None:
    """List models, fetch better ones, and choose among them.

    Without a command: what is installed and what can be fetched by name, with size, memory and
    longest text in tokens, and whether it fits this machine. Nothing but "pull" goes to the
    network.
    """
    if context.invoked_subcommand is not None:
        if as_json:
            raise UsageError(f"--json belongs behind '{context.invoked_subcommand}'.")
        return
    from assistant.cli.model_list import list_models, write_list

    session: Session = context.obj
    rows = list_models(session.loaded.settings)
    if as_json:
        write_json(rows.to_json())
    else:
        write_list(rows)


@models.command()
@click.argument("target", metavar="MODEL")
@click.option("--name", default="", help="What to call it here, if not by the name of its file.")
@click.option("--sha256", default="", metavar="HEX", help="What its one file must have.")
@click.option("--link", is_flag=True, help="Link to a file of this machine and copy nothing.")
@click.option("--force", is_flag=True, help="Fetch it even if it does not fit into the memory.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def pull(target: str, name: str, sha256: str, link: bool, force: bool, as_json: bool) -> ExitCode:
    """Fetch a model, check it, and put it into your models folder.

    MODEL is a name that "assistant models" lists, a file of the model hub
    (hf:OWNER/REPOSITORY/FILE.gguf or .onnx), an address (https://...), or the path of a GGUF file
    or of a folder with an ONNX encoder.

    Ctrl-C keeps what was fetched; the next pull goes on from there. A model that only those may
    fetch who accepted its licence needs your token in the environment variable HF_TOKEN.
    HF_ENDPOINT names another hub.
    """
    from assistant.downloads import pull as fetch

    with stopping(STOP_NOTICE) as cancel, _showing(name or target) as tell:
        done = fetch(
            target,
            name=name,
            sha256=sha256,
            link=link,
            force=force,
            progress=tell,
            cancel=cancel,
        )
    model = done.model
    if as_json:
        write_json(
            {
                "name": model.name,
                "role": model.role,
                "source": model.source,
                "size_bytes": model.size_bytes,
                "fetched": done.fetched,
                "files": [
                    {"path": str(done.folder / file.path), "sha256": file.sha256}
                    for file in model.files
                ],
            }
        )
    what = "is there now" if done.fetched else "was there already"
    note(f"{plain(model.name)} {what}, in {plain(str(done.folder))}")
    note(f"Use it: assistant models use {plain(model.name)}")
    return ExitCode.OK


@models.command()
@click.argument("name", metavar="MODEL")
@pass_session
def use(session: Session, name: str) -> None:
    """Let a model that is installed answer, or embed, from now on.

    MODEL is a name that "assistant models" lists, or the path of a GGUF file or of a folder with
    an ONNX encoder. It is written into your own settings file.
    """
    from assistant.cli.settings import note_origin

    role = _installed_role(name)
    section = "llm" if role == "chat" else "embedding"
    file = save_setting(section, "model", _as_setting(name))
    note_origin(session, f"{section}.model", file)
    settings = session.loaded.settings
    served = settings.llm.base_url if role == "chat" else settings.embedding.base_url
    if served:
        note(
            f"It counts once no server does it any more: assistant config unset {section}.base_url"
        )
    elif role == "chat" and not settings.llm.enabled:
        note("It counts once it may write: assistant config set llm.enabled true")
    if role == "embed":
        note(_REINDEX)


@models.command()
@click.argument("name", metavar="MODEL")
@click.option("--force", is_flag=True, help="Remove it even if it is in use.")
@pass_session
def remove(session: Session, name: str, force: bool) -> None:
    """Remove a model that "pull" put there; what came in another way stays."""
    from assistant.downloads import remove_model
    from assistant.downloads.space import said

    freed = remove_model(name, session.loaded.settings, force=force)
    note(f"Removed {plain(name)}; {said(freed)} are free again.")


@models.command("test")
@click.argument("name", metavar="[MODEL]", required=False, default="")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@pass_session
def test(session: Session, name: str, as_json: bool) -> ExitCode:
    """Try a model: load it, answer one question of the sample papers, say how fast it is.

    Without MODEL, the chat model that the settings name. Your library is neither read nor
    changed.
    """
    settings = session.loaded.settings
    role: Literal["chat", "embed"] = _installed_role(name) if name else "chat"
    if name:
        settings = _with_model(settings, role, _as_setting(name))
    from assistant.evaluation.trial import try_chat_model, try_embedder

    with stopping() as cancel:
        run = try_chat_model if role == "chat" else try_embedder
        trial = run(settings, cancel=cancel)
    if as_json:
        write_json(trial.to_json())
    else:
        _write_trial(trial)
    return ExitCode.OK if trial.answer.found else ExitCode.FAILED


def _with_model(settings: Settings, role: str, name: str) -> Settings:
    """Return settings in which a model of this machine does what it can."""
    if role == "chat":
        return replace(settings, llm=replace(settings.llm, model=name, base_url="", enabled=True))
    return replace(settings, embedding=replace(settings.embedding, model=name, base_url=""))


def _installed_role(name: str) -> Literal["chat", "embed"]:
    """Return what an installed model is for. Raises ModelMissing if there is none of this name."""
    from assistant.catalogue.gguf import read_metadata, role_of
    from assistant.catalogue.known import nearest
    from assistant.catalogue.locating import known_model, known_models, locate

    known = known_model(name)
    if known is not None and known.role != "rank":
        locate(name, known.role)
        return known.role
    if name.lower().endswith(".gguf"):
        (path,) = locate(name, "chat")
        if role := role_of(read_metadata(path)):
            return role
        raise ModelError(
            f"{path} is neither a chat model (it has no chat template) nor an embedder.",
            hint="Look for its -Instruct or -it version.",
        )
    from assistant.errors import ModelMissing

    try:
        locate(name, "embed")
    except ModelMissing as error:
        if error.message.startswith("The model folder"):
            raise
        near = nearest(name, [model.name for model in known_models() if model.role != "rank"])
        raise ModelMissing(
            f"There is no model called '{name}' here.",
            hint=f"Did you mean '{near}'?" if near else "'assistant models' lists those there are.",
        ) from None
    return "embed"


def _as_setting(name: str) -> str:
    """Return how the settings name a model: a path means the same from every folder."""
    path = Path(expanded(name))
    is_path = "/" in name or "\\" in name or name.startswith("~")
    return str(path.absolute()) if is_path and path.exists() else name


@contextmanager
def _showing(target: str) -> Iterator[Callable[[PullProgress], None]]:
    """Show how much was fetched, and how much of it was compared."""
    note(f"Looking for {plain(target)}")
    steps = {"fetch": ("Fetching", "MB"), "check": ("Checking", "MB")}
    with counting_steps(steps) as tell:

        def show(now: PullProgress) -> None:
            total = None if now.total_bytes is None else max(1, round(now.total_bytes / 1e6))
            tell(now.step, int(now.done_bytes / 1e6), total)

        yield show


def _write_trial(trial: Trial) -> None:
    from assistant.cli.ask import write_proof
    from assistant.downloads.space import said

    facts = [f"loaded in {trial.load_s:.1f} s", f"{said(trial.memory_bytes)} of memory"]
    if trial.speed is not None:
        facts.append(f"reads {trial.speed.read_per_s:,.0f} tokens a second")
        if trial.speed.write_per_s is not None:
            facts.append(f"writes {trial.speed.write_per_s:,.0f}")
    if trial.passages_per_s is not None:
        facts.append(f"embeds {trial.passages_per_s:,.1f} abstracts a second")
        facts.append(f"{trial.dimension:,} dimensions")
    write_wrapped(f"{plain(trial.model)}: {', '.join(facts)}")
    write()
    write_wrapped(plain(trial.answer.question))
    for line in trial.answer.text.splitlines():
        write_wrapped(plain(line))
    write_proof(trial.answer)
    if trial.role == "chat":
        own = sum(sentence.kind == "generated" for sentence in trial.answer.sentences)
        note(f"In its own words, proved: {own} of {len(trial.answer.sentences)} sentences.")

"""Lets the reader choose which model phrases the answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from assistant.catalogue.locating import model_folders
from assistant.tui.dialogs.dialog import Dialog, DialogList
from assistant.tui.display import shown, verbatim
from assistant.tui.hints import Hint
from assistant.types import InstalledModel


def size(size_bytes: int) -> str:
    """Return the size of a file as people say it: ``98 MB``, ``2.5 GB``."""
    if size_bytes < 1_000_000:
        return "under 1 MB"
    if size_bytes < 1_000_000_000:
        return f"{size_bytes / 1e6:.0f} MB"
    return f"{size_bytes / 1e9:.1f} GB"


class ModelsDialog(Dialog[str | None]):
    """The chat models that can be used; the name of the one that was chosen, or None."""

    TITLE_TEXT = "Models"
    DEFAULT_CSS = """
    ModelsDialog #models-more { margin: 1 0 0 0; }
    """

    def __init__(self, models: Sequence[InstalledModel], current: str) -> None:
        super().__init__()
        self._models = list(models)
        self._current = current

    def parts(self) -> Iterable[Widget]:
        """Return the models, and how to get more."""
        if self._models:
            yield DialogList(
                *map(self._row, self._models), id="models", classes="dialog--scroll", markup=False
            )
        else:
            words = "No chat model is installed: answers are made of quotes."
            yield Static(Content(words), classes="dialog--words")
        if any(not model.path for model in self._models):
            more = Content("These are on the server that [llm] base_url names.")
        else:
            folder = str(model_folders()[0])
            more = Content.assemble(
                "More: ",
                ("assistant models", "bold"),
                " fetches some; or put a GGUF file of a chat model into ",
                verbatim(folder, "bold"),
            )
        yield Static(more, id="models-more", classes="dialog--words dialog--quiet")

    def hints(self) -> Iterable[Hint]:
        """Return the keys."""
        return (Hint("select", "use"), Hint("close", "close"))

    def on_mount(self) -> None:
        """Begin at the model in use."""
        if self._models:
            names = [model.name for model in self._models]
            models = self.query_one(DialogList)
            models.highlighted = names.index(self._current) if self._current in names else 0
            models.focus()

    def _row(self, model: InstalledModel) -> Option:
        in_use = model.name == self._current
        said = [size(model.size_bytes)] if model.path else []
        said += ["in use"] if in_use else []
        row = Content.assemble(
            ("● " if in_use else "", "$text-accent"),
            verbatim(model.name, "bold"),
            ("".join(f"  {words}" for words in said), "$text-muted"),
        )
        if model.about:
            row += Content.assemble("\n", shown(model.about, "$text-muted"))
        return Option(row)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Give back the name."""
        event.stop()
        self.dismiss(self._models[event.option_index].name)

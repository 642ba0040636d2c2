"""Which keys do what here, on a line that can be clicked.

The keys come from the bindings that are active, so a key that was remapped in ``config.toml`` is
shown as it is, and one that does nothing where the focus is now is not shown at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual.content import Content
from textual.style import Style
from textual.widget import Widget

from assistant.tui.display import verbatim

if TYPE_CHECKING:
    from textual.app import RenderResult
    from textual.dom import DOMNode
    from textual.geometry import Size
    from textual.screen import Screen

_GAP = "   "


def bare_action(action: str) -> str:
    """Return the name of an action without namespace and parameters: ``screen.x(1)`` is ``x``."""
    return action.partition("(")[0].rpartition(".")[2]


def active_keys(screen: Screen[Any]) -> dict[str, list[str]]:
    """Return the keys of each action that a key press on ``screen`` would reach now.

    The keys are as they are shown to people, the names of actions without their namespace.
    """
    keys: dict[str, list[str]] = {}
    for active in screen.active_bindings.values():
        if active.enabled:
            shown = screen.app.get_key_display(active.binding)
            found = keys.setdefault(bare_action(active.binding.action), [])
            if shown not in found:
                found.append(shown)
    return keys


@dataclass(frozen=True, slots=True)
class Hint:
    """One action of the owner of a line of hints."""

    action: str
    label: str
    always: bool = False
    """Shown, and to be clicked, also where its key does nothing because the focus is elsewhere."""


class Hints(Widget):
    """A line of actions of ``owner`` with their keys; as many rows as they need."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    Hints { width: 1fr; height: auto; color: $text-muted; pointer: pointer; }
    """

    def __init__(self, owner: Widget, *hints: Hint) -> None:
        super().__init__()
        self.auto_links = False
        self._owner = owner
        self._hints = hints
        self._drawn: list[str] = []

    def on_mount(self) -> None:
        """Follow the focus: it decides which keys are active."""
        self.screen.bindings_updated_signal.subscribe(self, self._update)

    def _update(self, _screen: Screen[object]) -> None:
        # The signal comes with every change of focus; the layout need not follow each.
        now = [hint.plain for hint in self._shown()]
        if now != self._drawn:
            self._drawn = now
            self.refresh(layout=True)

    def get_content_height(
        self,
        container: Size,  # noqa: ARG002
        viewport: Size,  # noqa: ARG002
        width: int,
    ) -> int:
        """Return the rows that the hints need."""
        return len(self._rows(width))

    def render(self) -> RenderResult:
        """Return the hints in rows of whole hints."""
        return Content("\n").join(self._rows(self.content_size.width))

    def _rows(self, width: int) -> list[Content]:
        rows: list[Content] = []
        for hint in self._shown():
            longer = rows[-1] + _GAP + hint if rows else hint
            if rows and longer.cell_length <= width:
                rows[-1] = longer
            else:
                rows.append(hint)
        return rows or [Content("")]

    def _shown(self) -> list[Content]:
        keys = active_keys(self.screen)
        return [
            self._labelled(hint, keys.get(hint.action, []))
            for hint in self._hints
            if hint.action in keys or (hint.always and self._can(hint.action))
        ]

    def _can(self, action: str) -> bool:
        return bool(self._owner.check_action(action, ()))

    def _labelled(self, hint: Hint, keys: list[str]) -> Content:
        click = Style.from_meta({"@click": f"choose({hint.action!r})"})
        if not keys:
            return Content.styled(hint.label, "underline").stylize(click)
        return Content.assemble(verbatim(keys[0], "bold"), " ", hint.label).stylize(click)

    async def action_choose(self, action: str) -> None:
        """Do what was clicked, as its key would; without a key it is the owner's affair."""
        node: DOMNode = self._owner
        for active in self.screen.active_bindings.values():
            if bare_action(active.binding.action) == action:
                node, action = active.node, active.binding.action
                break
        await self.app.run_action(action, node)

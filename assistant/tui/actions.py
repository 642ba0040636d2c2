"""What can be done in the chat by name: from a key, from the palette, from a button."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from textual.screen import Screen

from assistant.errors import AssistantError
from assistant.resources import sample_papers
from assistant.tui.copying import answer_of, cited_papers, write_new
from assistant.tui.display import notify
from assistant.types import AddReport, Answer, Citation, Hit, Paper

if TYPE_CHECKING:
    from assistant.config import Settings
    from assistant.sessions import SessionStore
    from assistant.tui import messages
    from assistant.tui.asking import Asking
    from assistant.tui.conversation import Conversation
    from assistant.tui.engine import Engine
    from assistant.tui.indexing_bar import IndexingBar
    from assistant.tui.library_pane import LibraryPane
    from assistant.tui.panes import Panes
    from assistant.tui.prompt import Prompt


class ChatActions(Screen[None]):
    """The actions of the screen. :class:`assistant.tui.screen.ChatScreen` has the rest of it."""

    settings: Settings
    store: SessionStore
    engine: Engine
    asking: Asking
    conversation: Conversation
    prompt: Prompt
    library_pane: LibraryPane
    indexing_bar: IndexingBar
    panes: Panes
    last_report: AddReport | None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Offer only what can be done now."""
        if action in {"models", "add_files", "add_sample"}:
            return self.engine.library is not None
        if action in {"copy_answer_text", "copy_answer_markdown"}:
            return self.current_answer is not None
        if action in {"copy_answer_bibtex", "copy_quote"}:
            return self.current_citation is not None
        if action in {"export_session", "rename_session"}:
            return bool(self.asking.session.exchanges)
        if action == "show_rejected":
            return self.last_report is not None and bool(self.last_report.rejected)
        return action != "clear_pins" or bool(self.prompt.scope)

    # Panes.

    def action_toggle_library(self) -> None:
        """Show or hide the library."""
        self.panes.toggle_library()

    def action_toggle_source(self) -> None:
        """Show or hide the source."""
        self.panes.toggle_source()

    def action_clear_pins(self) -> None:
        """Ask about all papers again."""
        self.pin(())

    def pin(self, papers: tuple[Paper, ...]) -> None:
        """Limit the next questions to these papers; none: to no papers."""
        self.library_pane.pinned = papers
        self.prompt.scope = papers

    # Sessions.

    def action_sessions(self) -> None:
        """List the conversations, and go on with the one that is chosen."""
        from assistant.tui.dialogs.sessions import SessionsDialog

        async def chosen(session_id: str | None) -> None:
            if session_id is not None and session_id != self.asking.session.session_id:
                await self.resume_session(session_id)

        current = self.asking.session.session_id
        self.app.push_screen(SessionsDialog(self.store, current), chosen)

    async def resume_session(self, session_id: str) -> None:
        """Go on with a saved conversation."""
        try:
            session = self.store.load(session_id)
        except AssistantError as error:
            self.complain(error)
            return
        await self.asking.use(session)
        self.session_changed()

    async def action_new_session(self) -> None:
        """Begin a new conversation; what is being answered is stopped."""
        await self.asking.use(self.store.new())
        self.session_changed()

    def session_changed(self) -> None:
        """Let the rest of the screen follow another session."""
        self.prompt.remember([exchange.question for exchange in self.asking.session.exchanges])
        self.prompt.focus()

    def action_rename_session(self) -> None:
        """Give the conversation another title."""
        from assistant.tui.dialogs.text import TextDialog

        session = self.asking.session

        def named(title: str | None) -> None:
            if title:
                try:
                    session.rename(title)
                except AssistantError as error:
                    self.complain(error)

        self.app.push_screen(TextDialog("Rename this conversation", value=session.title), named)

    # The library and the model.

    def action_add_files(self) -> None:
        """Ask for files, and add the papers in them."""
        from assistant.tui.dialogs.adding import AddDialog

        def chosen(paths: list[str] | None) -> None:
            if paths:
                self.add_papers(paths)

        self.app.push_screen(AddDialog(), chosen)

    def action_add_sample(self) -> None:
        """Add the papers of the sample."""
        self.add_papers([str(sample_papers())])

    def add_papers(self, paths: list[str]) -> None:
        """Begin to add the papers in files and folders."""
        try:
            self.engine.add(paths)
        except AssistantError as error:
            self.complain(error)
        else:
            self.indexing_bar.start()

    def action_show_rejected(self) -> None:
        """Show which records could not be added."""
        if self.last_report is not None:
            self.show_report(self.last_report)

    def show_report(self, report: AddReport) -> None:
        """Show what an add did, and which records it rejected."""
        from assistant.tui.dialogs.report import ReportDialog

        self.app.push_screen(ReportDialog(report))

    def ask_to_remove(self, paper: Paper) -> None:
        """Remove a paper once the reader has confirmed it."""
        from assistant.tui.dialogs.confirm import ConfirmDialog

        def answered(yes: bool | None) -> None:
            if not yes:
                return
            try:
                self.engine.remove(paper)
            except AssistantError as error:
                self.complain(error)
                return
            left = (other for other in self.prompt.scope if other.paper_id != paper.paper_id)
            self.pin(tuple(left))

        question = "Remove this paper from the library?"
        self.app.push_screen(ConfirmDialog(question, detail=paper.title), answered)

    def action_models(self) -> None:
        """Choose the model that writes the answers."""
        self.engine.find_models()

    def on_models_found(self, message: messages.ModelsFound) -> None:
        """Show the models, unless something else is open by now: a server may take its time."""
        from assistant.tui.dialogs.models import ModelsDialog

        if self.app.screen is not self:
            return

        def chosen(name: str | None) -> None:
            if name and name != self.engine.model_name:
                notify(self, f"Loading {name}…")
                self.engine.use_model(name)

        dialog = ModelsDialog(message.models, self.engine.model_name)
        self.app.push_screen(dialog, chosen)

    # Copies and files.

    def copy(self, text: str, what: str) -> None:
        """Put a text on the clipboard and say so."""
        self.app.copy_to_clipboard(text)
        notify(self, f"{what} copied.")

    @property
    def current_number(self) -> int | None:
        """The exchange that is meant: that of the current citation, or the last with an answer."""
        exchanges = self.asking.session.exchanges
        current = self.conversation.current
        if current is not None:
            return current[0]
        numbers = reversed(range(len(exchanges)))
        return next((n for n in numbers if answer_of(exchanges[n]) is not None), None)

    @property
    def current_answer(self) -> Answer | None:
        """The answer that is meant, or what stands of it."""
        number = self.current_number
        return None if number is None else answer_of(self.asking.session.exchanges[number])

    def action_copy_answer_text(self) -> None:
        """Copy the answer and its proofs as text."""
        from assistant.writers.text import answer_text

        if (answer := self.current_answer) is not None:
            self.copy(answer_text(answer), "Answer")

    def action_copy_answer_markdown(self) -> None:
        """Copy the answer and its proofs as Markdown."""
        from assistant.writers.markdown import answer_markdown

        if (answer := self.current_answer) is not None:
            self.copy(answer_markdown(answer), "Answer")

    def action_copy_answer_bibtex(self) -> None:
        """Copy the answer as text, with BibTeX of the papers that it cites."""
        from assistant.writers.bibtex import bibtex
        from assistant.writers.text import answer_text

        if (answer := self.current_answer) is not None:
            papers = cited_papers(answer, self.engine.paper)
            self.copy(f"{answer_text(answer)}\n{bibtex(papers)}", "Answer with BibTeX")

    def action_copy_quote(self) -> None:
        """Copy the quote of the current citation with its reference."""
        from assistant.writers.text import quote_with_reference

        if (citation := self.current_citation) is not None:
            paper = self.engine.paper(citation.paper_id)
            self.copy(quote_with_reference(citation, paper), "Quote")

    @property
    def current_citation(self) -> Citation | None:
        """The citation that is lit, or the first of the last answer."""
        current = self.conversation.current
        if current is not None:
            return None if isinstance(current[1], Hit) else current[1]
        answer = self.current_answer
        return answer.citations[0] if answer is not None and answer.citations else None

    def action_export_session(self) -> None:
        """Write the conversation as Markdown into the current folder."""
        from assistant.writers.markdown import session_markdown

        session = self.asking.session
        text = session_markdown(session.title, session.exchanges)
        self._write(session.title, ".md", text)

    def action_save_screenshot(self) -> None:
        """Write a picture of the screen into the current folder."""
        title = f"assistant {time.strftime('%Y-%m-%d %H-%M-%S')}"
        self._write(title, ".svg", self.app.export_screenshot(title="Abstract Assistant"))

    def _write(self, title: str, suffix: str, text: str) -> None:
        try:
            path = write_new(Path.cwd(), title, suffix, text)
        except (AssistantError, OSError) as error:
            # OSError: the current folder is gone.
            self.complain(error if isinstance(error, AssistantError) else no_folder())
        else:
            notify(self, f"Written: {path}")

    def complain(self, error: AssistantError) -> None:
        """Tell of a failure that belongs to no question."""
        words = "\n".join(filter(None, [error.message, error.hint]))
        notify(self, words, severity="error")


def no_folder() -> AssistantError:
    """Return the error of a current folder that was removed."""
    return AssistantError(
        "The current folder is gone.", hint="Start the chat again from another folder."
    )

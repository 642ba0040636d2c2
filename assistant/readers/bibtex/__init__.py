"""BibTeX and biblatex, and the LaTeX in them."""

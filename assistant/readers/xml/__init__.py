"""XML exports: PubMed, arXiv, OAI-PMH, EndNote, Web of Science."""

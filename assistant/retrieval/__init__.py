"""From a question to papers, and from papers to the sentences that may answer it."""

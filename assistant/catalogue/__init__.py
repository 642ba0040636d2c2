"""The models that the assistant knows, and where their files are."""

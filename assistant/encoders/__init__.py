"""Networks that read: embedders, the reading encoder and the evidence ranker."""

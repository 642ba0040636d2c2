"""Language models that write, in this process and on servers."""

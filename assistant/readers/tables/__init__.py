"""Tables with a header: CSV and its relatives."""

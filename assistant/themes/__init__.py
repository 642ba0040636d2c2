"""Which papers belong together: named themes, neighbours, twins, and places on a map."""

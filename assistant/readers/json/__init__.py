"""JSON exports and JSON lines, of many tools and of this one."""

"""From evidence to an answer: select, then speak, then prove."""

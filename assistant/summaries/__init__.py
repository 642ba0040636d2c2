"""Summaries of one paper, of a topic, of papers side by side, and of the whole library.

The rule is that of answers: select, then speak, then prove. What is said is a sentence of a paper,
or a part of one, and carries it as its citation; what is counted is counted.
"""

"""Markdown of a growing answer into a QTextDocument, at the cost of its tail.

`stream` cuts the text into blocks, `build` writes blocks into the document, `inline` what stands
inside a line, `highlight` colours code. No HTML is made on the way: what a model writes can
neither be interpreted nor load anything.
"""

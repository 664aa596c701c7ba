"""Incremental rendering of Markdown into a QTextDocument: only the last block is parsed again.

`block_stream` splits the text into blocks, `document_builder` writes them into the document,
`inline` formats the content of a line, `tables` and `formula` write tables and formulas,
`highlight` and `code_colours` colour code, `block_painter` paints behind the text. No HTML is
involved: what a model writes can neither be interpreted nor load anything.
"""

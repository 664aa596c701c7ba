"""Export of conversations and answers to be given away: PDF, HTML, DOCX, print, rich text.

`content` composes what is written, `html_writer`, `docx_writer` and `pdf_writer` write it,
`files` saves it whole or not at all. Nothing here reads files or opens connections: pictures come
as bytes, and what a model wrote is parsed as Markdown, never as HTML. The writers take their time
and run in a thread that may wait.
"""

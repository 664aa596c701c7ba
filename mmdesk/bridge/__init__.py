"""Where Qt meets the engine: work runs on threads and in processes, facts come back as signals.

Nothing is imported here: two modules (`parse_child`, `fetch_child`) are the main modules of short
child processes that need no Qt.
"""

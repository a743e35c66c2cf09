"""Cards in an editor: what is wrong while one types, why, what could stand here, and repairs.

Speaks the Language Server Protocol over standard input and output, by pygls (extra `lsp`).
"""

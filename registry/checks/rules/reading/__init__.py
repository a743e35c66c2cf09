"""Pages of what is found elsewhere: while a file is read and loaded, and from comments and baselines.

A file is named after its rule's id and name, so that a page is opened only when somebody asks for it.
"""

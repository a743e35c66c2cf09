"""Builders of a module that ends the process which imports it."""

import os

print("importing")
os._exit(7)

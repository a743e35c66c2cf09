"""`mir verify --plan`: what a run would do and what it would cost, foretold from cards and earlier evidence."""

from registry.verify.planning.costs import Costs, costs_of
from registry.verify.planning.make import make_plan
from registry.verify.planning.plan import Plan

__all__ = ["Costs", "Plan", "costs_of", "make_plan"]

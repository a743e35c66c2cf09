"""A word that YAML reads as true or false.

What:
    `no`, `yes`, `on`, `off`, `y` or `n` without quotes.

Why:
    YAML reads `no` as false. Norwegian is the language that cards lose this way.

Bad:
    # file: README.md
    ---
    language:
    - no
    model-index:
    - name: nb-bert
      results:
      - task: {type: fill-mask}
        dataset: {name: NCC, type: NbAiLab/NCC}
        metrics:
        - {type: perplexity, value: 4.2}
    ---

Good:
    # file: README.md
    ---
    language:
    - 'no'
    model-index:
    - name: nb-bert
      results:
      - task: {type: fill-mask}
        dataset: {name: NCC, type: NbAiLab/NCC}
        metrics:
        - {type: perplexity, value: 4.2}
    ---
"""

from __future__ import annotations

from registry.checks.rule import reading_rule

check = reading_rule(__name__, "warning", __doc__)

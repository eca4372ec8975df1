"""Does a test notice when the code is changed in one place? mutmut over window, guard, budget and answer parsing.

Layout
------
modules      what is mutated, and by which tests it is judged
undecorated  the same code in a form in which mutmut sees all of it
results      mutmut's record of each mutant, as figures and survivors
survivors    `survivors.toml`: mutants that may survive, and why
report       docs/mutation.md
__main__     runs it in `build/mutation`, a copy of what is tracked; `make mutation`
"""

"""Does a test notice when the code is changed in one place? mutmut over window, guard, budget and answer parsing.

Layout
------
modules      what is mutated, and by which tests it is judged
copies       where it is mutated: a folder of `build/mutation` for each group, kept for a run that goes on
undecorated  the same code in a form in which mutmut sees all of it
examples     how hypothesis judges a mutant
results      mutmut's record of each mutant, as figures and survivors
survivors    `survivors.toml`: mutants that may survive, and why
report       docs/mutation.md
__main__     runs it; `make mutation`
"""

"""Documents that talk to the model: does one get a verdict by it?  `python -m tests.security.injection` prints a table.

Layout
------
attacks.jsonl  the attack strings, written for this project, by family and language; `html`: markup that hides one
corpus         an attack put into a page, an XML article, a PDF or a text: at head, middle or tail, seen or hidden
obedient       a model that does what any attack demands which it can read in the prompt
trial          one attacked document before the local tier and before that model, and the promises that it keeps
matrix         every attack at every place, seen and hidden, on every sample that is no full text, over processes
__main__       the progress and the table
"""

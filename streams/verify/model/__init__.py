"""The small model behind the certain rules: numbers of a document in, a calibrated probability and its grounds out.

forest    decision trees as arrays, walked by our own few lines
shipped   the model that comes with the package (`model.json`, written by `make train`), and its digest
judge     from a document to a decision, or to none where the model is not sure
kinds     which verdict a document gets that is not full text
grounds   the features that moved the probability, as reasons
"""

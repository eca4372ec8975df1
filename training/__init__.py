"""`make train DATA=records.jsonl`: fits the local model, cross-validates it by article, and writes `model.json`.

dataset     labelled records as numbers, through the package's own reading and rules
crossval    predictions for records whose article the model has not seen
thresholds  calibration, and the accept and reject thresholds for a target error
export      a fitted forest as arrays
report      what the figures are, with their intervals
"""

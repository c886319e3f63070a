"""Rain nowcast, reference: from frames of any age to chances and the rain that is likely.

Everything is in minutes and kilometres, so that films of 1 to 15 minutes a step give the same
numbers: `velocity` (cells a minute), `carry` (paths), `cascade` (what each scale keeps), `features`
(what is known of a cell), `logistic` (chances), `decide` (one field), `forecast` (all of it).
`evaluate.skill` fits and measures it, event by event; the runtime has the same formulas.
"""

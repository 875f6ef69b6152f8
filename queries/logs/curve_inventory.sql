-- Which well has which curve, from where to where, and how much of it is missing.
SELECT well, log_set, mnemonic, standard, unit, "top", base, samples, nulls,
       round(100.0 * nulls / nullif(samples, 0), 1) AS missing_percent, min, max
FROM curves
ORDER BY well, log_set, mnemonic;

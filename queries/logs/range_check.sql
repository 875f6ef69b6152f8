-- Readings outside of what the tool can mean, by well and curve. The limits are in the units the project stores.
WITH readings AS (
    SELECT well, 'gr' AS curve, gr AS value, 0.0 AS low, 300.0 AS high FROM logs
    UNION ALL SELECT well, 'rhob', rhob, 1.0, 3.2 FROM logs
    UNION ALL SELECT well, 'nphi', nphi, -0.15, 1.0 FROM logs
    UNION ALL SELECT well, 'dt', dt, 35.0, 250.0 FROM logs
    UNION ALL SELECT well, 'rt', rt, 0.05, 20000.0 FROM logs
)
SELECT well, curve, count(value) AS readings, count(*) FILTER (WHERE value < low) AS too_low,
       count(*) FILTER (WHERE value > high) AS too_high, min(value) AS lowest, max(value) AS highest
FROM readings
GROUP BY well, curve
HAVING count(value) > 0
ORDER BY well, curve;

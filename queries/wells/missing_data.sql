-- What each well has, and what it lacks: a row a well, counts of rows in the tables.
SELECT w.well, w.datum_elevation IS NOT NULL AS has_datum, w.x IS NOT NULL AND w.y IS NOT NULL AS has_position,
       coalesce(c.n, 0) AS curves, coalesce(t.n, 0) AS tops, coalesce(s.n, 0) AS stations, coalesce(k.n, 0) AS checkshots
FROM wells w
LEFT JOIN (SELECT well, count(*) AS n FROM curves GROUP BY well) c ON c.well = w.well
LEFT JOIN (SELECT well, count(*) AS n FROM tops GROUP BY well) t ON t.well = w.well
LEFT JOIN (SELECT well, count(*) AS n FROM surveys GROUP BY well) s ON s.well = w.well
LEFT JOIN (SELECT well, count(*) AS n FROM checkshots GROUP BY well) k ON k.well = w.well
ORDER BY w.well;

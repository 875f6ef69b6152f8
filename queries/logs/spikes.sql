-- Spikes of density, by well: readings that differ from the median around them by more than three times the usual scatter, as
-- `despike` finds them, in a window of 5 lengths of the project.
WITH raw AS (SELECT well, md, rhob FROM logs WHERE rhob IS NOT NULL),
     clean AS (SELECT * FROM despike((SELECT * FROM raw), window => 5, by => [well]))
SELECT r.well, count(*) AS readings, count(*) FILTER (WHERE abs(r.rhob - c.rhob) > 1e-9) AS spikes,
       max(abs(r.rhob - c.rhob)) AS largest
FROM raw r
JOIN clean c ON c.well = r.well AND c.md = r.md
GROUP BY r.well
ORDER BY r.well;

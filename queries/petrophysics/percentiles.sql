-- P90, P50 and P10 of porosity in a zone, well by well, by exceedance: P90 is what 90 % of the samples exceed.
WITH samples AS (
    SELECT l.well, porosity_density(l.rhob, 2.65, 1.0) AS phi
    FROM logs l
    JOIN zones z ON z.well = l.well AND l.md >= z.top_md AND l.md < z.base_md
    WHERE z.zone = 'Top Reservoir' AND l.gr < 75
)
SELECT well, count(phi) AS samples, percentile_p90(phi) AS p90, percentile_p50(phi) AS p50, percentile_p10(phi) AS p10
FROM samples
GROUP BY well
ORDER BY well;

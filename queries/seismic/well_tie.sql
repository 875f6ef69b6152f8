-- A well against the seismic beside it: the synthetic of its sonic and density, through its checkshots, and the trace at the
-- well, sample by sample. `correlation` is that of all of them.
WITH synthetic_trace AS (
    SELECT time, amplitude AS synthetic
    FROM synthetic((SELECT tvdss AS depth, dt, rhob FROM logs WHERE well = 'OUT-1' AND dt IS NOT NULL AND rhob IS NOT NULL),
                   time_depth => (SELECT tvdss AS depth, twt AS time FROM checkshots WHERE well = 'OUT-1'), ricker => 28)
    WHERE amplitude IS NOT NULL
),
head AS (SELECT x AS well_x, y AS well_y FROM wells WHERE well = 'OUT-1'),
nearest AS (
    SELECT c.inline AS at_inline, c.crossline AS at_crossline FROM seismic.cube c CROSS JOIN head h
    ORDER BY (c.x - h.well_x) * (c.x - h.well_x) + (c.y - h.well_y) * (c.y - h.well_y) LIMIT 1
),
trace AS (
    SELECT s.time, s.amplitude AS seismic FROM seismic_samples(seismic.cube) s
    JOIN nearest n ON s.inline = n.at_inline AND s.crossline = n.at_crossline
)
SELECT s.time, s.synthetic, t.seismic, corr(s.synthetic, t.seismic) OVER () AS correlation
FROM synthetic_trace s JOIN trace t ON t.time = s.time
ORDER BY s.time;

-- The depth of a top as a grid: its picks kriged, with the standard deviation of the estimate.
SELECT x, y, estimate AS tvdss, sqrt(variance) AS deviation, n_used
FROM krige((SELECT x, y, tvdss FROM tops_xyz WHERE surface = 'Top Reservoir' AND tvdss IS NOT NULL), cell_size => 500,
           model => 'spherical', psill => 4000, range => 5000)
ORDER BY y, x;

-- Which picks do not fit their neighbours: every pick of a top is estimated from the others. A standardised residual beyond 2 or 3
-- is worth a look.
SELECT x, y, actual AS picked, predicted, residual, std_residual
FROM cross_validate((SELECT x, y, tvdss AS value FROM tops_xyz WHERE surface = 'Top Reservoir' AND tvdss IS NOT NULL),
                    model => 'spherical', psill => 4000, range => 5000)
ORDER BY abs(std_residual) DESC;

-- Every well's path in a row: how deep, how far out, how steep, how crooked.
SELECT well, max(md) AS td_md, max(tvdss) AS td_tvdss, max(inclination) AS max_inclination, max(dogleg) AS max_dogleg,
       max(sqrt(north * north + east * east)) AS step_out
FROM trajectories
GROUP BY well
ORDER BY well;

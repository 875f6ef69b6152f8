-- The seismic volumes of the project, their extent and sampling.
SELECT name, kind, traces, samples, domain, axis_unit, inline_min, inline_max, crossline_min, crossline_max, azimuth
FROM outcrop.seismic_volumes
ORDER BY name;

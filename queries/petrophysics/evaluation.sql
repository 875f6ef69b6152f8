-- Shale volume, porosity and water saturation of every sample: clean line 25 and shale line 120 gAPI, sandstone matrix 2.65 g/cm3,
-- water of 0.05 ohm.m.
SELECT well, md, tvdss, vshale_gr(gr, 25, 120, 'larionov_tertiary') AS vsh, porosity_density(rhob, 2.65, 1.0) AS phi,
       archie_sw(rt, porosity_density(rhob, 2.65, 1.0), 0.05) AS sw
FROM logs
WHERE gr IS NOT NULL AND rhob IS NOT NULL AND rt IS NOT NULL
ORDER BY well, md;

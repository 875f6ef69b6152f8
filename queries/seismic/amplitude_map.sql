-- The amplitude of a volume in a window of time, trace by trace: root mean square, as a map draws it.
SELECT inline, crossline, x, y, amplitude AS rms
FROM horizon_amplitude(seismic.cube, from => 1400, to => 1600, method => 'rms')
ORDER BY inline, crossline;

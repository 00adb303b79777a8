"""What a worker needs to measure an encode setting: samples, probes, points, their cache."""

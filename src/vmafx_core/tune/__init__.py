"""Finding encode settings by measuring: samples, probes, searches, ladders, comparisons, shots."""

"""The coarsest quality of one encoder that meets targets, found with few probes."""

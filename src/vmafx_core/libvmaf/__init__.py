"""The binding to libvmaf: finding it, models, features, contexts and pictures."""

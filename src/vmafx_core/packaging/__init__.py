"""Encodes as what players stream: fragmented MP4, HLS playlists, DASH descriptions."""

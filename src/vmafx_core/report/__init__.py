"""Rendering a result: JSON, CSV, XML, NDJSON, JUnit, HTML."""

"""The wire: messages, their conversion from and to the core's plain data, and the client."""

"""The wire: messages, their conversion from and to the core's plain data, and the client."""

import os

# What fails is told by errors; gRPC would write its own lines to standard error besides. It looks
# at this when it is loaded, which nothing does before this.
os.environ.setdefault("GRPC_VERBOSITY", "NONE")

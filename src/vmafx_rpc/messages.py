"""The modules of the generated messages, under short names."""

from vmafx_rpc.stubs.vmafx.controller.v1 import controller_pb2 as controller
from vmafx_rpc.stubs.vmafx.engine.v1 import engine_pb2 as engine
from vmafx_rpc.stubs.vmafx.v1 import encode_pb2 as encode
from vmafx_rpc.stubs.vmafx.v1 import result_pb2 as result
from vmafx_rpc.stubs.vmafx.v1 import scoring_pb2 as scoring
from vmafx_rpc.stubs.vmafx.v1 import task_pb2 as task

__all__ = ["controller", "encode", "engine", "result", "scoring", "task"]

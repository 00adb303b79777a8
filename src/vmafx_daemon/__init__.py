"""The controller: it queues jobs, has an engine execute them, and tells about them.

Two doors, gRPC (`grpc`) and HTTP (`http`), lead to one `Controller`. It asks `access` what a caller
may do, keeps jobs in a store (`jobs`), and hands them to an engine (`engine`).
"""

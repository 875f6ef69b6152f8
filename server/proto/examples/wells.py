"""Lists the wells of a project and fetches logs, over gRPC.

    pip install grpcio grpcio-tools pyarrow
    python -m grpc_tools.protoc -I server/proto/proto --python_out=. --grpc_python_out=. server/proto/proto/outcrop/v1/*.proto
    PYTHONPATH=. python server/proto/examples/wells.py localhost:4150 [TOKEN]
"""
import sys

import grpc
import pyarrow as pa
from outcrop.v1 import query_pb2, query_pb2_grpc

channel = grpc.insecure_channel(sys.argv[1], options=[("grpc.max_receive_message_length", -1)])
query = query_pb2_grpc.QueryServiceStub(channel)
login = [("authorization", f"Bearer {sys.argv[2]}")] if len(sys.argv) > 2 else []


def table(sql):
    parts = [p.arrow_ipc for p in query.Query(query_pb2.QueryRequest(sql=sql), metadata=login) if p.arrow_ipc]
    return pa.concat_tables(pa.ipc.open_stream(part).read_all() for part in parts)


for well in table("SELECT well, x, y, td FROM wells ORDER BY well").to_pylist():
    print(well)
logs = table("SELECT well, md, gr FROM logs WHERE gr IS NOT NULL ORDER BY well, md")
print(logs.num_rows, "samples, gr in", logs.schema.field("gr").metadata[b"outcrop.unit"].decode())

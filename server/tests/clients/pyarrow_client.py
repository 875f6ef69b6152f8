"""The Flight client of pyarrow, for the login of both kinds and a query: python pyarrow_client.py URI USER PASSWORD"""

import sys

from pyarrow import flight

uri, user, password = sys.argv[1:]


class Auth(flight.ClientAuthHandler):
    """The older handshake: a message with name and password, and a token in a header of its own."""

    def __init__(self):
        super().__init__()
        self.token = None

    def authenticate(self, outgoing, incoming):
        outgoing.write(flight.BasicAuth(user, password).serialize())
        self.token = incoming.read()

    def get_token(self):
        return self.token


def varint(n):
    out = b""
    while n > 127:
        out += bytes([n & 127 | 128])
        n >>= 7
    return out + bytes([n])


def message(field, value):
    return bytes([field << 3 | 2]) + varint(len(value)) + value


def command(sql):
    """CommandStatementQuery within an Any."""
    name = b"type.googleapis.com/arrow.flight.protocol.sql.CommandStatementQuery"
    return message(1, name) + message(2, message(1, sql.encode()))


def ask(client, options, sql):
    info = client.get_flight_info(flight.FlightDescriptor.for_command(command(sql)), options)
    return client.do_get(info.endpoints[0].ticket, options).read_all()


with flight.connect(uri) as client:
    header = client.authenticate_basic_token(user, password)
    options = flight.FlightCallOptions(headers=[header])
    table = ask(client, options, "SELECT well, td FROM wells ORDER BY well")
    assert table.num_rows == 9 and table.schema.field("td").metadata[b"outcrop.unit"] == b"m", table.schema
    schema = client.get_schema(flight.FlightDescriptor.for_command(command("SELECT 1 AS n")), options).schema
    assert schema.names == ["n"], schema
    # A query is cancelled while it runs.
    endless = "SELECT a.value FROM generate_series(1, 1000000) a CROSS JOIN generate_series(1, 1000000) b"
    info = client.get_flight_info(flight.FlightDescriptor.for_command(command(endless)), options)
    reader = client.do_get(info.endpoints[0].ticket, options)
    reader.read_chunk()
    action = flight.Action("CancelFlightInfo", message(1, info.serialize()))
    (result,) = client.do_action(action, options)
    assert result.body.to_pybytes() == b"\x08\x01", result.body.to_pybytes()
    try:
        while True:
            reader.read_chunk()
    except flight.FlightCancelledError:
        pass

with flight.connect(uri) as client:
    client.authenticate(Auth())
    assert ask(client, None, "SELECT 1 AS n").to_pydict() == {"n": [1]}

with flight.connect(uri) as client:
    try:
        client.authenticate_basic_token(user, "wrong")
        raise SystemExit("let in")
    except flight.FlightUnauthenticatedError:
        pass
print("all well")

type Opened<Route> = Socket<Part<Route, "send">, Part<Route, "receive">>;

function opened(socket: Socket<unknown, unknown>, _route?: Wire["sockets"][string]): unknown {
  return socket;
}

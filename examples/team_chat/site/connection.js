// A socket to one room, which is opened again when it is lost.

const LONGEST_WAIT = 15_000;

/**
 * Connects to a room. `on.message` receives each message of the server, and `on.state` is called
 * with `open`, or with `waiting`, the milliseconds until the next attempt, and the server's reason.
 */
export function connect(room, on) {
  const url = new URL(`/api/rooms/${encodeURIComponent(room)}`, location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  let socket;
  let timer;
  let failures = 0;
  let over = false;

  function open() {
    socket = new WebSocket(url);
    socket.onmessage = ({ data }) => {
      failures = 0;
      on.message(JSON.parse(data));
    };
    socket.onopen = () => on.state('open');
    socket.onclose = ({ reason }) => over || lost(reason);
  }

  async function lost(reason) {
    // A refused upgrade looks like a lost connection. The page of the room redirects to the login.
    const rooms = failures > 0 ? await fetch('/api/rooms').catch(() => null) : null;
    if (over) return;
    if (rooms?.status === 401) return location.reload();
    // Pages of one server wait for different times, so that they do not come back all at once.
    const wait = Math.min(LONGEST_WAIT, 500 * 2 ** failures++) * (0.5 + Math.random() / 2);
    on.state('waiting', wait, reason);
    timer = setTimeout(open, wait);
  }

  // Back in a network: there is no reason to wait.
  const back = () => {
    if (socket.readyState !== WebSocket.CLOSED) return;
    clearTimeout(timer);
    open();
  };
  addEventListener('online', back);
  open();

  return {
    /** Sends a message. Returns `false` if the socket is not open. */
    send(message) {
      if (socket.readyState !== WebSocket.OPEN) return false;
      socket.send(JSON.stringify(message));
      return true;
    },
    close() {
      over = true;
      clearTimeout(timer);
      removeEventListener('online', back);
      socket.close();
    },
  };
}

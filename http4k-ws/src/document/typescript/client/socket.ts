// ---- Sockets

/** A status with which a socket was closed (RFC 6455 §7.4). 1006 stands for a lost connection. */
export interface CloseStatus { code: number; reason: string }

/** When to connect again. The default is `{ base: 500, cap: 30_000, attempts: Infinity }`. */
export interface Reconnect {
  /** The longest delay before the first attempt, in milliseconds. Each further one doubles it. */
  base?: number;
  /** The longest delay before any attempt, in milliseconds. */
  cap?: number;
  /** The number of attempts in a row that may fail. */
  attempts?: number;
}

/** The events of a socket. */
export interface SocketEvents<Receive> {
  /** A connection is open. What a listener sends now goes before the messages that wait. */
  open: { attempt: number; protocol: string };
  /** A message arrived. With a listener, messages do not wait for `for await`. */
  message: Receive;
  /** Entries of a topic are lost. The page should read its state again from its source. */
  lost: { at: string };
  /** A connection was lost, and another is opened in `delay` milliseconds. Of what was sent before,
   * `unsent` bytes have certainly not arrived; a WebSocket confirms nothing. */
  down: CloseStatus & { attempt: number; delay: number; unsent: number };
  /** The socket is closed for good. */
  close: CloseStatus;
}

/** The options of `open`. */
export interface OpenOptions {
  /** `false` ends with the first connection. By default, others follow after the close codes 1001,
   * 1006 and 1011 to 1014. Every other code is final, among them 1000, 1008 and those from 4000. */
  reconnect?: boolean | Reconnect;
  /** Closes the socket with 1000, and ends iteration. */
  signal?: AbortSignal;
  /** The subprotocols to offer. A socket of this client needs one with JSON. */
  protocols?: string[];
  /** The number of messages that may wait for `for await`, default 1,000. One more closes the
   * socket with 4000, and iteration throws behind the messages that waited. */
  maxUnread?: number;
  /** The number of messages that may wait for a connection, default 1,000. */
  maxUnsent?: number;
  /** The class of sockets, for a runtime without a `WebSocket` of its own. */
  WebSocket?: new (url: string, protocols?: string[]) => unknown;
}

type TopicOptions<Route> = Route extends { resumes: true }
  ? {
    /** Asks at each connection for the entries since the last one. The default is `true`. */
    resume?: boolean;
    /** The position to start from, such as `socket.at` of an earlier socket. */
    after?: string;
  }
  : {};

/**
 * Opens the socket of a route: `open("https://example.com", "/rooms/{room}", { room })`.
 *
 * With `""` as the base it is a socket of the page's own server. Messages that are sent before the
 * connection is open wait for it.
 */
export function open<Path extends keyof Routes["sockets"] & string>(
  base: string,
  path: Path,
  ...[params, options]:
    OpenArguments<Routes["sockets"][Path], OpenOptions & TopicOptions<Routes["sockets"][Path]>>
): Opened<Routes["sockets"][Path]> {
  const { query, ...rest } =
    (options ?? {}) as OpenOptions & { query?: object; resume?: boolean; after?: string };
  const address = (after?: string) => {
    const all = after === undefined ? query : { ...query, after };
    return absolute(base, path, params as object | undefined, all).replace(/^http/, "ws");
  };
  const socket = new Socket<unknown, unknown>(address, wire.sockets[path] ?? {}, rest);
  return opened(socket, wire.sockets[path]) as never;
}

/** The part of a browser's `WebSocket` that is used here. */
interface RawSocket {
  binaryType: string;
  readonly readyState: number;
  readonly bufferedAmount: number;
  readonly protocol: string;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: CloseStatus) => void) | null;
  onerror: (() => void) | null;
  send(data: unknown): void;
  close(code?: number, reason?: string): void;
}

const RETRIED = [1001, 1006, 1011, 1012, 1013, 1014];
/** A connection that lasts this long is stable: delays then start from the beginning again. */
const STABLE = 5_000;
/** The time limit of one attempt. */
const PATIENCE = 10_000;

/**
 * A typed socket that connects again. `for await (const message of socket)` reads it until it is
 * closed for good. `break` leaves it open.
 */
export class Socket<Send, Receive> implements AsyncIterable<Receive> {
  /** The position of the last entry of a topic, if the route sends one. */
  at: string | undefined;
  /** Settles once the socket is closed for good, and never rejects. */
  readonly closed: Promise<CloseStatus>;
  readonly #address: (after?: string) => string;
  readonly #wire: Wire["sockets"][string];
  readonly #options: OpenOptions & { resume?: boolean };
  readonly #inbox: Inbox<Receive>;
  readonly #listeners = new Listeners();
  readonly #unsent: unknown[] = [];
  #raw: RawSocket | undefined;
  #state: "connecting" | "open" | "down" | "closed" = "connecting";
  #closing: CloseStatus | undefined;
  #attempt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #settle!: (status: CloseStatus) => void;

  /** Is called by `open`. */
  constructor(
    address: (after?: string) => string,
    wire: Wire["sockets"][string],
    options: OpenOptions & { resume?: boolean; after?: string },
  ) {
    this.#address = address;
    this.#wire = wire;
    this.#options = options;
    this.#inbox = new Inbox(options.maxUnread ?? 1_000);
    this.at = options.after;
    this.closed = new Promise(resolve => { this.#settle = resolve; });
    options.signal?.addEventListener("abort", this.#abort);
    if (options.signal?.aborted) this.#abort();
    else this.#connect();
  }

  /** `down` is the time between two connections. */
  get state(): "connecting" | "open" | "down" | "closed" {
    return this.#state;
  }

  /** The subprotocol of the connection, or an empty text. */
  get protocol(): string {
    return this.#raw?.protocol ?? "";
  }

  /**
   * Sends a message, or keeps it until a connection is open. Throws if the socket is closed, and if
   * too many messages wait.
   */
  send(message: Send): void {
    if (this.#state === "closed" || this.#closing) throw new Error("the socket is closed");
    const data = encoded(message, this.#wire.send);
    if (this.#state === "open" && this.#raw) return this.#raw.send(data);
    const bound = this.#options.maxUnsent ?? 1_000;
    if (this.#unsent.length >= bound) throw new Error(`${bound} messages wait for a connection`);
    this.#unsent.push(data);
  }

  /** Closes the socket for good. Messages that wait for a connection are not sent. */
  close(code = 1000, reason = ""): void {
    if (this.#state === "closed" || this.#closing) return;
    const connected = this.#state === "open" || this.#state === "connecting";
    this.#closing = { code, reason };
    if (connected && this.#raw) this.#raw.close(code, reason);
    else this.#finish(this.#closing);
  }

  /** Calls `listener` at each event of this name. Returns a function that removes it. */
  on<Name extends keyof SocketEvents<Receive>>(
    name: Name,
    listener: (event: SocketEvents<Receive>[Name]) => void,
  ): () => void {
    return this.#listeners.add(name, listener);
  }

  [Symbol.asyncIterator](): AsyncIterator<Receive> {
    return this.#inbox.iterate();
  }

  readonly #abort = (): void => this.close(1000, "aborted");

  #connect(): void {
    this.#state = "connecting";
    const Raw = (this.#options.WebSocket ?? globalThis.WebSocket) as
      new (url: string, protocols: string[]) => unknown;
    const url = this.#address(this.#resumes ? this.at : undefined);
    const raw = new Raw(url, this.#options.protocols ?? this.#wire.protocols ?? []) as RawSocket;
    raw.binaryType = "arraybuffer";
    const patience = setTimeout(() => raw.close(), PATIENCE);
    let opened = Infinity;
    raw.onopen = () => {
      clearTimeout(patience);
      opened = performance.now();
      this.#state = "open";
      this.#listeners.call("open", { attempt: this.#attempt, protocol: raw.protocol });
      for (const data of this.#unsent.splice(0)) raw.send(data);
    };
    raw.onmessage = ({ data }) => this.#receive(data);
    raw.onerror = () => {};
    raw.onclose = ({ code, reason }) => {
      clearTimeout(patience);
      if (performance.now() - opened >= STABLE) this.#attempt = 0;
      this.#ended({ code, reason }, raw.bufferedAmount);
    };
    this.#raw = raw;
  }

  get #resumes(): boolean {
    return !!this.#wire.topic && this.#options.resume !== false;
  }

  #receive(data: unknown): void {
    if (this.#closing) return;
    let message: unknown;
    try {
      message = decoded(data, this.#wire.receive);
    } catch (cause) {
      return this.#fail(4007, "the message is not JSON", cause);
    }
    const entry = message as { type?: unknown; at?: unknown } | null;
    if (this.#wire.topic && typeof entry?.at === "string") {
      this.at = entry.at;
      if (entry.type === "lost") this.#listeners.call("lost", { at: entry.at });
    }
    const heard = this.#listeners.has("message");
    if ((!heard || this.#inbox.used) && !this.#inbox.push(message as Receive)) {
      const bound = this.#options.maxUnread ?? 1_000;
      return this.#fail(4000, "too slow", new Error(`more than ${bound} messages are unread`));
    }
    if (heard) this.#listeners.call("message", message);
  }

  #fail(code: number, reason: string, cause: unknown): void {
    this.#inbox.end(cause);
    this.close(code, reason);
  }

  #ended(status: CloseStatus, unsent: number): void {
    const { reconnect } = this.#options;
    const policy = typeof reconnect === "object" ? reconnect : {};
    const { base = 500, cap = 30_000, attempts = Infinity } = policy;
    const isRetried = reconnect !== false && RETRIED.includes(status.code);
    if (this.#closing) return this.#finish(status.code === 1006 ? this.#closing : status);
    if (!isRetried || this.#attempt >= attempts) return this.#finish(status);
    // Full jitter: the clients of a server that restarts do not return all at once.
    const delay = Math.random() * Math.min(cap, base * 2 ** this.#attempt);
    this.#attempt += 1;
    this.#state = "down";
    this.#timer = setTimeout(() => this.#connect(), delay);
    this.#listeners.call("down", { ...status, attempt: this.#attempt, delay, unsent });
  }

  #finish(status: CloseStatus): void {
    clearTimeout(this.#timer);
    this.#options.signal?.removeEventListener("abort", this.#abort);
    this.#state = "closed";
    this.#unsent.length = 0;
    this.#inbox.end();
    this.#listeners.call("close", status);
    this.#settle(status);
  }
}

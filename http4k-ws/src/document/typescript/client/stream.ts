// ---- Streams of events

/** An event of a stream. Its name is `message` unless the server names it. */
export interface StreamEvent<Data> { name: string; id: string; data: Data }

/** The options of `listen`. */
export interface ListenOptions {
  /** Closes the stream, and ends iteration. */
  signal?: AbortSignal;
  /** The names of further events to read, beside `message`, `lost` and `caughtUp`. */
  names?: string[];
  /** The number of events that may wait for `for await`, default 1,000. With one more the stream
   * is closed, and iteration throws behind the events that waited. */
  maxUnread?: number;
  /** Sends cookies to another origin. */
  withCredentials?: boolean;
  /** The class of streams, for a runtime without an `EventSource` of its own. */
  EventSource?: new (url: string, options?: { withCredentials?: boolean }) => unknown;
}

/**
 * Opens the stream of a route: `listen("", "/news/{topic}", { topic })`.
 *
 * The `EventSource` connects again by itself, and continues behind the last event.
 */
export function listen<Path extends keyof Routes["streams"] & string>(
  base: string,
  path: Path,
  ...[params, options]: OpenArguments<Routes["streams"][Path], ListenOptions>
): Stream<Part<Routes["streams"][Path], "data">> {
  const { query, ...rest } = (options ?? {}) as ListenOptions & { query?: object };
  const url = absolute(base, path, params as object | undefined, query);
  return new Stream(url, wire.streams[path]?.data, rest);
}

/** A typed stream of events. `for await (const { data } of stream)` reads it until it is closed. */
export class Stream<Data> implements AsyncIterable<StreamEvent<Data>> {
  readonly #source: { close(): void };
  readonly #inbox: Inbox<StreamEvent<Data>>;
  readonly #listeners = new Listeners();
  readonly #signal: AbortSignal | undefined;

  /** Is called by `listen`. */
  constructor(url: string, kind: Kind | undefined, options: ListenOptions) {
    const bound = options.maxUnread ?? 1_000;
    this.#inbox = new Inbox(bound);
    const Raw = (options.EventSource ?? globalThis.EventSource) as typeof globalThis.EventSource;
    const source = new Raw(url, { withCredentials: options.withCredentials ?? false });
    this.#source = source;
    const receive = ({ type, data, lastEventId }: MessageEvent) => {
      try {
        const event = { name: type, id: lastEventId, data: (data && decoded(data, kind)) as Data };
        const heard = this.#listeners.has("event");
        if ((!heard || this.#inbox.used) && !this.#inbox.push(event)) {
          throw new Error(`more than ${bound} events are unread`);
        }
        if (heard) this.#listeners.call("event", event);
      } catch (cause) {
        this.#end(cause);
      }
    };
    for (const name of new Set(["message", "lost", "caughtUp", ...options.names ?? []])) {
      source.addEventListener(name, receive as (event: unknown) => void);
    }
    source.onerror = () => {
      // The other states are those of an `EventSource` that connects again.
      if (source.readyState === 2) this.#end(new Error(`the server does not stream ${url}`));
    };
    this.#signal = options.signal;
    if (options.signal?.aborted) this.close();
    options.signal?.addEventListener("abort", this.#abort);
  }

  /** Closes the stream, and ends iteration. */
  close(): void {
    this.#end();
  }

  /** Calls `listener` at each event. Returns a function that removes it. */
  on(name: "event", listener: (event: StreamEvent<Data>) => void): () => void {
    return this.#listeners.add(name, listener);
  }

  [Symbol.asyncIterator](): AsyncIterator<StreamEvent<Data>> {
    return this.#inbox.iterate();
  }

  readonly #abort = (): void => this.close();

  #end(cause?: unknown): void {
    this.#source.close();
    this.#signal?.removeEventListener("abort", this.#abort);
    this.#inbox.end(cause);
  }
}

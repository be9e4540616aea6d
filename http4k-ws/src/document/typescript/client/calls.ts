// ---- Calls

type Opened<Route> = Route extends { calls: infer Calls }
  ? CallSocket<Calls, Part<Route, "receive">>
  : Socket<Part<Route, "send">, Part<Route, "receive">>;

function opened(socket: Socket<unknown, unknown>, route?: Wire["sockets"][string]): unknown {
  return route?.calls ? new CallSocket(socket) : socket;
}

/** The connection ended before the reply of a call arrived. The call may have run. */
export class DisconnectedError extends Error {
  override readonly name = "DisconnectedError";
  readonly code: number;
  readonly reason: string;

  constructor({ code, reason }: CloseStatus) {
    super(`the connection ended with ${code} ${reason}`.trim());
    this.code = code;
    this.reason = reason;
  }
}

type Named<Calls, Member extends string> =
  { [Name in keyof Calls]: Calls[Name] extends { [M in Member]: unknown } ? Name : never }[
    keyof Calls
  ];
type CallArguments<Call> = null extends Part<Call, "args">
  ? [args?: Part<Call, "args">, options?: { signal?: AbortSignal }]
  : [args: Part<Call, "args">, options?: { signal?: AbortSignal }];
type NoticeOf<Receive> = Receive extends { notice: infer Notice } ? Notice : never;
interface CallReply {
  id?: number;
  ok?: unknown;
  item?: unknown;
  end?: true;
  error?: Problem;
  notice?: unknown;
}
interface Pending {
  /** Has left for a connection, so that its end is that of the call. */
  sent: boolean;
  receive(reply: CallReply): void;
  fail(cause: unknown): void;
}

/** The number of items of a stream that the server may send before they are read. */
const WINDOW = 64;

/** A socket whose messages are calls. It connects again, and calls are never repeated. */
export class CallSocket<Calls, Receive> {
  /** The socket itself, with its events, its state and `close`. */
  readonly socket: Socket<unknown, unknown>;
  readonly #pending = new Map<number, Pending>();
  readonly #listeners = new Listeners();
  #last = 0;

  /** Is called by `open`. */
  constructor(socket: Socket<unknown, unknown>) {
    this.socket = socket;
    const failSent = (status: CloseStatus) => {
      for (const [id, pending] of this.#pending) {
        if (!pending.sent && socket.state !== "closed") continue;
        this.#pending.delete(id);
        pending.fail(new DisconnectedError(status));
      }
    };
    socket.on("open", () => { for (const pending of this.#pending.values()) pending.sent = true; });
    socket.on("down", failSent);
    socket.on("close", failSent);
    socket.on("message", message => {
      const reply = message as CallReply;
      if ("notice" in reply) this.#listeners.call("notice", reply.notice);
      else this.#pending.get(reply.id ?? -1)?.receive(reply);
    });
  }

  /**
   * Makes a call, and resolves with its reply. Rejects with a `ProblemError` of the server, with a
   * `DisconnectedError`, and with the reason of the signal, which cancels the call.
   */
  call<Name extends Named<Calls, "reply"> & string>(
    name: Name,
    ...[args, { signal } = {}]: CallArguments<Calls[Name]>
  ): Promise<Part<Calls[Name], "reply">> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const abort = () => this.#cancel(id, signal?.reason);
      const done = () => signal?.removeEventListener("abort", abort);
      const id = this.#start({ call: name, args }, {
        receive: ({ ok, error }) => {
          this.#pending.delete(id);
          done();
          if (error) reject(problemError(error));
          else resolve(ok as Part<Calls[Name], "reply">);
        },
        fail: cause => { done(); reject(cause); },
      });
      signal?.addEventListener("abort", abort);
    });
  }

  /**
   * Makes a call whose reply is a stream of items. `break` and the signal cancel it. Iteration
   * throws as `call` rejects, except that the signal ends it.
   */
  stream<Name extends Named<Calls, "item"> & string>(
    name: Name,
    ...[args, { signal } = {}]: CallArguments<Calls[Name]>
  ): AsyncIterableIterator<Part<Calls[Name], "item">> {
    const inbox = new Inbox<Part<Calls[Name], "item">>(WINDOW);
    let read = 0;
    const finish = (cause?: unknown) => {
      signal?.removeEventListener("abort", abort);
      this.#pending.delete(id);
      inbox.end(cause);
    };
    const abort = () => this.#cancel(id);
    const id = this.#start({ call: name, args, window: WINDOW }, {
      receive: ({ item, end, error }) => {
        if (end || error) finish(error && problemError(error));
        else inbox.push(item as Part<Calls[Name], "item">);
      },
      fail: finish,
    });
    signal?.addEventListener("abort", abort);
    if (signal?.aborted) abort();
    const items = inbox.iterate();
    return {
      next: async () => {
        const next = await items.next();
        // The server may send more as soon as half of the window is read.
        if (!next.done && ++read === WINDOW / 2 && this.#pending.has(id)) {
          read = 0;
          this.socket.send({ id, more: WINDOW / 2 });
        }
        return next;
      },
      return: async () => {
        abort();
        return { value: undefined, done: true };
      },
      [Symbol.asyncIterator]() { return this; },
    };
  }

  /** Calls `listener` at each notice of the server. Returns a function that removes it. */
  on(name: "notice", listener: (notice: NoticeOf<Receive>) => void): () => void {
    return this.#listeners.add(name, listener);
  }

  #start(call: object, pending: Omit<Pending, "sent">): number {
    const id = ++this.#last;
    this.socket.send({ id, ...call });
    this.#pending.set(id, { ...pending, sent: this.socket.state === "open" });
    return id;
  }

  #cancel(id: number, cause?: unknown): void {
    const pending = this.#pending.get(id);
    if (!pending) return;
    this.#pending.delete(id);
    if (this.socket.state !== "closed") this.socket.send({ id, cancel: true });
    pending.fail(cause);
  }
}

function problemError(problem: Problem): ProblemError {
  return new ProblemError(problem.status ?? 500, problem, new globalThis.Headers());
}

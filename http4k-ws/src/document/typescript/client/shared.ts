// ---- Types and functions that all protocols share

type Part<Route, Name extends string> = Route extends { [N in Name]: infer Value } ? Value : never;
type Needed<Name extends string, Value> =
  {} extends Value ? { [N in Name]?: Value } : { [N in Name]: Value };
type OpenArguments<Route, Options> = {} extends Part<Route, "query">
  ? {} extends Part<Route, "params">
    ? [params?: Part<Route, "params">, options?: Options & { query?: Part<Route, "query"> }]
    : [params: Part<Route, "params">, options?: Options & { query?: Part<Route, "query"> }]
  : [params: Part<Route, "params">, options: Options & { query: Part<Route, "query"> }];

type Kind = "json" | "text" | "binary" | "any";
interface Wire {
  sockets: {
    [path: string]: {
      send?: Kind; receive?: Kind; protocols?: string[]; topic?: true; calls?: true;
    };
  };
  requests: { [key: string]: { body?: "json" | "form" | "raw"; statuses?: number[] } };
  streams: { [path: string]: { data?: Kind } };
}

/**
 * Returns the path of a route with its parameters: `link("GET /users/{id}", { id: 7 })`.
 *
 * Throws if a parameter is empty, `.` or `..`, because no such path reaches the route.
 */
export function link<Key extends keyof AllRoutes & string>(
  key: Key,
  ...[params, query]: {} extends Part<AllRoutes[Key], "params">
    ? [params?: Part<AllRoutes[Key], "params">, query?: Part<AllRoutes[Key], "query">]
    : [params: Part<AllRoutes[Key], "params">, query?: Part<AllRoutes[Key], "query">]
): string {
  return filled(key, params as object | undefined, query as object | undefined);
}

type AllRoutes = Routes["sockets"] & Routes["requests"] & Routes["streams"];

function absolute(base: string, key: string, params?: object, query?: object): string {
  const path = base.replace(/\/+$/, "") + filled(key, params, query);
  return new URL(path, globalThis.location?.href).href;
}

function filled(key: string, params: object = {}, query: object = {}): string {
  const fill = (_: string, name: string, rest?: string): string => {
    const value = (params as { [name: string]: unknown })[name];
    const segments = rest ? String(value ?? "").split("/") : [String(value ?? "")];
    const isDots = segments.some(segment => segment === "." || segment === "..");
    if (isDots || (!rest && segments[0] === "")) {
      const given = value === undefined ? "missing" : `"${value}"`;
      throw new TypeError(`the parameter ${name} of ${key} cannot be ${given}`);
    }
    return segments.map(encodeURIComponent).join("/");
  };
  const path = key.replace(/^[A-Z]+ /, "").replace(/\{([^{}]+?)(\.\.)?\}/g, fill);
  const text = new URLSearchParams(pairs(query)).toString();
  return text ? `${path}?${text}` : path;
}

/** Lists names with values. A list is a pair for each of its values, and `null` is none. */
function pairs(values: object = {}): [string, string][] {
  return Object.entries(values).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value])
      .filter(value => value !== undefined && value !== null)
      .map((value): [string, string] => [name, String(value)]));
}

function encoded(message: unknown, kind: Kind = "json"): unknown {
  return kind === "json" ? JSON.stringify(message) : message;
}

function decoded(data: unknown, kind: Kind = "json"): unknown {
  if (kind !== "json") return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
  const text = typeof data === "string" ? data : new TextDecoder().decode(data as ArrayBuffer);
  return JSON.parse(text);
}

interface Taker<T> { resolve(result: IteratorResult<T>): void; reject(cause: unknown): void }

/** A queue of values for `for await`, with a bound. */
class Inbox<T> {
  readonly #bound: number;
  readonly #values: T[] = [];
  readonly #takers: Taker<T>[] = [];
  #end: { cause?: unknown } | undefined;
  /** Whether iteration has begun. */
  used = false;

  constructor(bound: number) {
    this.#bound = bound;
  }

  /** Adds a value. Returns `false` if the queue is full. */
  push(value: T): boolean {
    const taker = this.#takers.shift();
    if (taker) taker.resolve({ value, done: false });
    else if (this.#values.length >= this.#bound) return false;
    else this.#values.push(value);
    return true;
  }

  /** Ends iteration behind the values that wait: with a cause, by throwing it once. */
  end(cause?: unknown): void {
    this.#end ??= { cause };
    if (this.#takers.length) for (const taker of this.#takers.splice(0)) this.#finish(taker);
  }

  #finish(taker: Taker<T>): void {
    const cause = this.#end?.cause;
    this.#end = {};
    if (cause === undefined) taker.resolve({ value: undefined, done: true });
    else taker.reject(cause);
  }

  iterate(): AsyncIterator<T> {
    this.used = true;
    return {
      next: () => new Promise((resolve, reject) => {
        if (this.#values.length) resolve({ value: this.#values.shift() as T, done: false });
        else if (this.#end) this.#finish({ resolve, reject });
        else this.#takers.push({ resolve, reject });
      }),
    };
  }
}

/** Functions to call for events, by name. One that throws does not stop the others. */
class Listeners {
  readonly #named = new Map<string, Set<(event: never) => void>>();

  add(name: string, listener: (event: never) => void): () => void {
    const listeners = this.#named.get(name) ?? new Set();
    this.#named.set(name, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  has(name: string): boolean {
    return !!this.#named.get(name)?.size;
  }

  call(name: string, event: unknown): void {
    for (const listener of this.#named.get(name) ?? []) {
      try {
        listener(event as never);
      } catch (cause) {
        queueMicrotask(() => { throw cause; });
      }
    }
  }
}

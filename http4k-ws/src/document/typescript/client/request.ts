// ---- Requests

/** A problem of RFC 9457, which the server sends as `application/problem+json`. */
export interface Problem {
  type?: string;
  title?: string;
  status?: number;
  detail?: string;
  instance?: string;
  [member: string]: unknown;
}

/** A response that the route does not describe, or a problem. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly status: number;
  readonly problem: Problem;
  readonly headers: Headers;

  constructor(status: number, problem: Problem, headers: Headers) {
    super([`${status} ${problem.title ?? ""}`.trim(), problem.detail].filter(Boolean).join(": "));
    this.status = status;
    this.problem = problem;
    this.headers = headers;
  }
}

type RequestOptions<Route> =
  & Needed<"params", Part<Route, "params">>
  & Needed<"query", Part<Route, "query">>
  & Needed<"headers", Part<Route, "headers">>
  & (undefined extends Part<Route, "body">
    ? { body?: Part<Route, "body"> }
    : { body: Part<Route, "body"> })
  & {
    signal?: AbortSignal;
    /** Further options for `fetch`, such as `credentials`. */
    init?: RequestInit;
    /** Replaces `fetch`. */
    fetch?: typeof globalThis.fetch;
  };

/** The responses of a route. `reply.status` narrows the type of `reply.body`. */
export type Reply<Route> = {
  [Status in keyof Part<Route, "replies">]: {
    status: Status;
    body: Part<Route, "replies">[Status];
    headers: Headers;
  };
}[keyof Part<Route, "replies">];

/**
 * Sends a request: `request("", "GET /users/{id}", { params: { id: 7 } })`.
 *
 * Resolves with the responses that the route describes, whatever their status. Rejects with a
 * `ProblemError` for each `application/problem+json` and for a status that the route does not
 * describe, and with the error of `fetch` if there is no response.
 */
export async function request<Key extends keyof Routes["requests"] & string>(
  base: string,
  key: Key,
  ...[options]: {} extends RequestOptions<Routes["requests"][Key]>
    ? [options?: RequestOptions<Routes["requests"][Key]>]
    : [options: RequestOptions<Routes["requests"][Key]>]
): Promise<Reply<Routes["requests"][Key]>> {
  const { params, query, headers, body, signal, init, fetch = globalThis.fetch } =
    (options ?? {}) as {
      params?: object; query?: object; headers?: object; body?: unknown; signal?: AbortSignal;
      init?: RequestInit; fetch?: typeof globalThis.fetch;
    };
  const { body: format, statuses } = wire.requests[key] ?? {};
  const sent = new globalThis.Headers(init?.headers);
  for (const [name, value] of pairs(headers)) sent.append(name, value);
  let data = body as BodyInit | undefined;
  if (body !== undefined && format === "json") {
    if (!sent.has("content-type")) sent.set("content-type", "application/json");
    data = JSON.stringify(body);
  } else if (body !== undefined && format === "form") {
    data = new URLSearchParams(pairs(body as object));
  }
  const settings: RequestInit = { ...init, method: key.split(" ")[0] ?? "GET", headers: sent };
  if (data !== undefined) settings.body = data;
  if (signal) settings.signal = signal;
  const response = await fetch(absolute(base, key, params, query), settings);
  const type = response.headers.get("content-type") ?? "";
  const read = await content(response, type);
  const known = statuses ? statuses.includes(response.status) : response.ok;
  if (/^application\/problem\+json/i.test(type) || !known) {
    const problem = typeof read === "object" && read !== null && !(read instanceof Blob)
      ? read as Problem
      : { title: response.statusText, ...typeof read === "string" && read ? { detail: read } : {} };
    throw new ProblemError(response.status, problem, response.headers);
  }
  return { status: response.status, body: read, headers: response.headers } as never;
}

/** Reads the body of a response by its type: JSON, text, nothing, or a `Blob`. */
async function content(response: globalThis.Response, type: string): Promise<unknown> {
  if (/^application\/(.+\+)?json\b/i.test(type)) {
    const text = await response.text();
    return text ? JSON.parse(text) : undefined;
  }
  if (/^text\//i.test(type)) return response.text();
  const blob = await response.blob();
  return blob.size ? blob : undefined;
}

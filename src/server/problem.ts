// The one shape of an error: {"error":{"message","type","code"}}. Never a stack trace, never HTML.

const types = {
  400: "invalid_request_error",
  401: "auth_error",
  403: "permission_error",
  404: "not_found_error",
  405: "method_not_allowed",
  413: "request_too_large",
  415: "unsupported_media_type",
  429: "rate_limit_error",
  500: "internal_error",
  503: "service_unavailable",
} as const;

export type ProblemStatus = keyof typeof types;

/** An error answer. The message is for a person and must not carry anything secret. */
export function problem(
  status: ProblemStatus,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return Response.json(
    { error: { message, type: types[status], code: String(status) } },
    { status, headers: { "cache-control": "no-cache", ...headers } },
  );
}

/** Thrown by a handler that cannot answer; becomes the error answer. */
export class Refusal extends Error {
  readonly status: ProblemStatus;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: ProblemStatus,
    message: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = "Refusal";
    this.status = status;
    this.headers = headers;
  }
}

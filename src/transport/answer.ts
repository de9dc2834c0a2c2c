// An answer that was read. Its headers are made when somebody asks for them, which most who get one do not.

import type { ParsedHead } from "./response-parser.ts";
import type { HttpResponse } from "./transport.ts";

export class Answer implements HttpResponse {
  readonly status: number;
  readonly body: string;
  readonly truncated: boolean;
  readonly #head: ParsedHead;

  constructor(head: ParsedHead, body: string, truncated: boolean) {
    this.status = head.status;
    this.body = body;
    this.truncated = truncated;
    this.#head = head;
  }

  get headers(): HttpResponse["headers"] {
    return this.#head.headers;
  }
}

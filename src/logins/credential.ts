// What a login comes to: a token or a pair of keys, or why there is none. Plain data: it travels between threads.

import type { OutcomeClass } from "../table/outcome-class.ts";

export type Credential =
  | { readonly kind: "token"; readonly token: string }
  | {
      readonly kind: "aws";
      readonly accessKeyId: string;
      readonly secretAccessKey: string;
      readonly sessionToken: string | null;
    };

export interface Granted {
  readonly kind: "granted";
  readonly credential: Credential;
  /** Tells this credential from the one before it, without telling it. */
  readonly serial: string;
  /** What the credentials know and the configuration did not say (a project). */
  readonly options: Readonly<Record<string, string>>;
}

export interface Denied {
  readonly kind: "denied";
  readonly class: OutcomeClass;
  /** For a human, without anything secret. */
  readonly text: string;
}

/** `freshMs`: how long it may be kept from now on. */
export interface Issued {
  readonly result: Granted | Denied;
  readonly freshMs: number;
}

/** Thrown within this room, and only there: why a login fails. */
export class LoginError extends Error {
  readonly class: OutcomeClass;

  constructor(outcomeClass: OutcomeClass, text: string) {
    super(text);
    this.class = outcomeClass;
  }
}

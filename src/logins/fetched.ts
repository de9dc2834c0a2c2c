// A credential as it comes from whoever gives it.

import type { Credential } from "./credential.ts";

export interface Fetched {
  readonly credential: Credential;
  /** Infinity for one that does not end. */
  readonly lifetimeMs: number;
  readonly options: Readonly<Record<string, string>>;
}

// What a request can set in motion: probes now, a test of a deployment that is not saved, the end of probing. The routes
// hand on and wait, with a deadline; other requests notice nothing.

import type { Config } from "../config/config.ts";
import type { Checks } from "../fleet/checks.ts";
import type { ConnectionTests } from "../fleet/connection-tests.ts";

export interface OnRequest {
  readonly checks: Checks;
  readonly tests: ConnectionTests;
  /** What a test is resolved with: the running configuration. */
  readonly config: () => Pick<Config, "settings" | "credentials" | "environment">;
  /** Takes this process out of service (see drain.ts); resolves with the number of requests that were let end. */
  readonly drain: () => Promise<number>;
}

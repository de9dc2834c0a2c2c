// The rate limits of keys: what the provider said last to any deployment that uses the key. A key is a fingerprint.

import type { Deployment } from "../registry/deployment.ts";
import type { Row } from "../table/row.ts";
import type { Sample } from "./sources.ts";

/** Keys that are shown; a fleet in which every deployment has its own would fill the exposition. */
const keysMax = 1000;

type KeyMetric =
  | "fleetpulse_key_rate_limit"
  | "fleetpulse_key_rate_limit_remaining"
  | "fleetpulse_folded_keys";

interface Told {
  readonly provider: string;
  readonly key: string;
  readonly checkedMs: number;
  /** One more than what was said; 0 says nothing. */
  readonly requests: readonly [limit: number, remaining: number];
  readonly tokens: readonly [limit: number, remaining: number];
}

export class KeyLimits {
  readonly #told = new Map<string, Told>();
  /** Keys that there is no room for. */
  readonly #folded = new Set<string>();

  add({ lanes: { provider, key } }: Deployment, row: Row): void {
    const says =
      row.requestsLimit + row.requestsRemaining + row.tokensLimit + row.tokensRemaining > 0;
    if (!says) return;
    const name = `${provider} ${key}`;
    const known = this.#told.get(name);
    if (known === undefined && this.#told.size >= keysMax) {
      this.#folded.add(name);
      return;
    }
    if (known !== undefined && known.checkedMs >= row.lastCheckMs) return;
    this.#told.set(name, {
      provider,
      key,
      checkedMs: row.lastCheckMs,
      requests: [row.requestsLimit, row.requestsRemaining],
      tokens: [row.tokensLimit, row.tokensRemaining],
    });
  }

  samples(): Record<KeyMetric, Sample[]> {
    const limits: Sample[] = [];
    const remaining: Sample[] = [];
    for (const { provider, key, ...told } of this.#told.values()) {
      for (const kind of ["requests", "tokens"] as const) {
        const labels = { provider, key, kind };
        const [limit, left] = told[kind];
        if (limit > 0) limits.push({ labels, value: limit - 1 });
        if (left > 0) remaining.push({ labels, value: left - 1 });
      }
    }
    return {
      fleetpulse_key_rate_limit: limits,
      fleetpulse_key_rate_limit_remaining: remaining,
      fleetpulse_folded_keys: [{ labels: {}, value: this.#folded.size }],
    };
  }
}

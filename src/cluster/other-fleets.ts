// Other fleets under this cluster's name: replicas that read another configuration share nothing with this one, which is as it should be in the
// middle of a rolling change and a mistake if it stays so. Each renewal says which fleet this one is of, and hears how many others there are.

import type { Clock } from "../clock.ts";
import type { Keys } from "./keys.ts";
import { longestLeaseMs } from "./membership.ts";
import type { Session } from "./redis-link.ts";

/** Fleets that are kept; those that end first are forgotten. */
const fleetsMax = 32;
/** Heartbeats that replicas may take to follow one another. */
const patienceHeartbeats = 3;

/** KEYS fleets. ARGV fingerprint, lease, longest lease, fleets at most. Answers how many others there are. */
const noteLua = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now))
redis.call('ZREMRANGEBYSCORE', KEYS[1], string.format('%.0f', now + ARGV[3]), '+inf')
local ends = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not ends or tonumber(ends) < now + ARGV[2] then
  redis.call('ZADD', KEYS[1], string.format('%.0f', now + ARGV[2]), ARGV[1])
end
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -1 - ARGV[4])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return redis.call('ZCARD', KEYS[1]) - 1
`;

export interface OtherFleetsOptions {
  readonly clock: Pick<Clock, "monotonicMs">;
  readonly name: string;
  readonly heartbeatMs: number;
  readonly leaseMs: number;
  readonly onNotice: (text: string, isWell: boolean) => void;
}

export interface OtherFleets {
  /** Says that this fleet is there. Never rejects: what comes of it is no more than a hint. */
  note(session: Session, keys: Keys): Promise<void>;
  /** As far as they have been there for a while. */
  count(): number;
}

export function createOtherFleets(options: OtherFleetsOptions): OtherFleets {
  const { clock, name, heartbeatMs, leaseMs } = options;
  let sinceMs: number | null = null;
  let lasting = 0;

  function take(others: number): void {
    const nowMs = clock.monotonicMs();
    if (others <= 0) {
      sinceMs = null;
      lasting = 0;
      return;
    }
    sinceMs ??= nowMs;
    if (nowMs - sinceMs <= patienceHeartbeats * heartbeatMs) return;
    if (lasting === 0) {
      options.onNotice(
        `another fleet under this name: its replicas do not share the deployments of the cluster ${name} with this one, as they read another configuration`,
        false,
      );
    }
    lasting = others;
  }

  return {
    async note(session, keys) {
      const asked = ["EVAL", noteLua, 1, keys.fleets, keys.fingerprint] as const;
      try {
        take(Number(await session.ask(...asked, leaseMs, longestLeaseMs, fleetsMax)) || 0);
      } catch {
        // A refusal says nothing of other fleets; after everything else the session has ended, and all is noted anew.
      }
    },
    count: () => lasting,
  };
}

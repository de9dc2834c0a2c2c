// What the cluster's scripts are asked over, without the connections that keep it.

import type { Redis } from "ioredis";
import type { Session } from "../../src/cluster/redis-link.ts";

export function sessionOf(client: Redis): Session {
  return {
    ask: (command, ...args) => client.callBuffer(command, ...args),
    async ping() {},
    end() {},
  };
}

// Where prober threads get credentials from: the main thread fetches each once, over connections of its own that end with the answer.
// It makes them only when somebody asks.

import type { Clock } from "../clock.ts";
import type { Issued } from "../logins/credential.ts";
import { exchange } from "../logins/exchange.ts";
import { createLogins, type Logins } from "../logins/logins.ts";
import type { Login } from "../registry/login/login.ts";
import { createHttpTransport, keepNone } from "../transport/client.ts";
import { createResolver } from "../transport/resolver.ts";
import type { Transport } from "../transport/transport.ts";

export interface LoginDesk {
  issue(login: Login, refused: string | null): Promise<Issued>;
  close(): void;
}

export function createLoginDesk(clock: Clock): LoginDesk {
  let transport: Transport | null = null;
  let logins: Logins | null = null;

  function open(): Logins {
    const made = createHttpTransport({ resolver: createResolver(), keep: keepNone });
    transport = made;
    return createLogins((login) => exchange({ transport: made, clock }, login), clock);
  }

  return {
    issue(login, refused) {
      logins ??= open();
      return logins.issue(login, refused);
    },
    close: () => transport?.close(),
  };
}

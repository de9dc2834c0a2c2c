// The connections to Redis: one for commands, one that listens. They come and go together, as a session: after whatever goes
// wrong both are cut, and new ones are made after a pause that grows, a little different at each replica, until something came of one:
// a Redis that connects and then refuses is left alone longer and longer, too. Every question has a deadline; one that is not kept ends the session. Nothing waits here for a connection: without a session, nothing is asked.

import type { Timers } from "../clock.ts";
import { redact } from "../config/secret.ts";
import { wordsOfDriver } from "../connection/driver-words.ts";
import type { Redis, RedisClients } from "../connection/redis-client.ts";

export type Argument = string | number | Buffer;

export interface Session {
  /**
   * Asks Redis; strings of the answer are bytes. Rejects with the server's refusal, which leaves the session as it is, or after
   * everything else, which ends it.
   */
  ask(command: string, ...args: readonly Argument[]): Promise<unknown>;
  /** The listening connection is alive. */
  ping(): Promise<void>;
  /** Cuts both connections; new ones are made. */
  end(error: unknown): void;
}

export interface LinkOptions {
  readonly clients: RedisClients;
  readonly timers: Timers;
  /** Bounds the making of a session, and each question. */
  readonly timeoutMs: number;
  readonly pauseMaxMs: number;
  readonly random: () => number;
  /** What must not appear in a reason. */
  readonly secrets: readonly string[];
  /** What to listen to, when a session is made. */
  readonly channels: () => readonly string[];
  readonly onUp: (session: Session) => void;
  /** There is none any more, or none could be made. */
  readonly onDown: (reason: string) => void;
  readonly onMessage: (channel: string, message: Buffer) => void;
}

export interface RedisLink {
  session(): Session | null;
  /** Something came of the session: after the next loss it is tried again soon. */
  succeeded(): void;
  /** Begins anew at once, to listen to other channels. */
  restart(): void;
  stop(): void;
}

const pauseMinMs = 100;
const reasonLengthMax = 160;

export function keepRedisLink(options: LinkOptions): RedisLink {
  const { clients, timers, timeoutMs } = options;
  let session: Session | null = null;
  /** Of the session that is, or is being made. */
  let line = new AbortController();
  let failures = 0;
  let timer: unknown = null;
  let stopped = false;

  function begin(): void {
    const own = new AbortController();
    line = own;
    const late = timers.set(() => {
      lose(own, new Error(`no connection within ${timeoutMs} ms`));
    }, timeoutMs);
    open(own)
      .then((opened) => {
        if (own.signal.aborted) return;
        session = opened;
        options.onUp(opened);
      })
      .catch((error: unknown) => lose(own, error))
      .finally(() => timers.clear(late));
  }

  async function open(own: AbortController): Promise<Session> {
    const { signal } = own;
    const [client, listener] = await Promise.all([clients.open(signal), clients.open(signal)]);
    for (const one of [client, listener]) {
      one.once("end", () => lose(own, new Error("the connection was closed")));
    }
    listener.on("messageBuffer", (channel: Buffer, message: Buffer) => {
      if (!signal.aborted) options.onMessage(channel.toString(), message);
    });
    await listener.subscribe(...options.channels());
    signal.throwIfAborted();
    return sessionOf(client, listener, own);
  }

  function sessionOf(client: Redis, listener: Redis, own: AbortController): Session {
    async function within<T>(answer: Promise<T>): Promise<T> {
      const late = Promise.withResolvers<never>();
      const timer = timers.set(() => {
        const error = new Error(`no answer within ${timeoutMs} ms`);
        late.reject(error);
        lose(own, error);
      }, timeoutMs);
      try {
        return await Promise.race([answer, late.promise]);
      } catch (error) {
        if (!isRefusal(error)) lose(own, error);
        throw error;
      } finally {
        timers.clear(timer);
      }
    }
    return {
      ask: (command, ...args) => within(client.callBuffer(command, ...args)),
      async ping() {
        await within(listener.ping());
      },
      end: (error) => lose(own, error),
    };
  }

  function lose(own: AbortController, error: unknown): void {
    if (own.signal.aborted) return;
    own.abort();
    session = null;
    clients.turn();
    if (stopped) return;
    failures += 1;
    const longest = Math.min(options.pauseMaxMs, pauseMinMs * 2 ** Math.min(failures - 1, 16));
    timer = timers.set(begin, longest * (0.5 + options.random() / 2));
    options.onDown(reasonOf(error, options.secrets));
  }

  begin();
  return {
    session: () => session,
    succeeded() {
      failures = 0;
    },
    restart() {
      if (stopped) return;
      timers.clear(timer);
      line.abort();
      session = null;
      begin();
    },
    stop() {
      stopped = true;
      timers.clear(timer);
      line.abort();
      session = null;
    },
  };
}

/** Redis answered, and said no. */
export function isRefusal(error: unknown): boolean {
  return error instanceof Error && error.name === "ReplyError";
}

/** A line that may be shown. */
export function reasonOf(error: unknown, secrets: readonly string[]): string {
  const words = wordsOfDriver(error, "the connection failed").replace(/\s+/g, " ").trim();
  return redact(words, secrets).slice(0, reasonLengthMax);
}

// A provider that counts who is asked how often, and how many times at once. Requests of those that hang wait until they are let go.
// Free questions do not count, and are answered with nothing.

export interface CountingUpstream {
  readonly url: string;
  /** Requests for the deployment with this number so far. */
  asked(number: number): number;
  inFlight(number: number): number;
  /** The most that were in flight at once for any one deployment. */
  peak(): number;
  letGo(): void;
  stop(): Promise<void>;
}

/** Long enough for two that are asked at once to be seen. */
const latencyMs = 5;

export function startCountingUpstream(): CountingUpstream {
  const asked = new Map<number, number>();
  const inFlight = new Map<number, number>();
  const go = Promise.withResolvers<void>();
  let peak = 0;
  const add = (counts: Map<number, number>, number: number, change: number) => {
    const count = (counts.get(number) ?? 0) + change;
    counts.set(number, count);
    return count;
  };
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 255,
    async fetch(request) {
      if (request.method === "GET") return new Response(null, { status: 404 });
      const [, name = ""] = new URL(request.url).pathname.split("/");
      const [behaviour, digits] = name.split("-");
      const number = Number(digits);
      add(asked, number, 1);
      peak = Math.max(peak, add(inFlight, number, 1));
      await (behaviour === "hang" ? go.promise : Bun.sleep(latencyMs));
      add(inFlight, number, -1);
      const message = { role: "assistant", content: "pong" };
      return Response.json({
        id: "1",
        object: "chat.completion",
        model: "m",
        choices: [{ index: 0, message, finish_reason: "stop" }],
        usage: { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 },
      });
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    asked: (number) => asked.get(number) ?? 0,
    inFlight: (number) => inFlight.get(number) ?? 0,
    peak: () => peak,
    letGo: () => go.resolve(),
    async stop() {
      go.resolve();
      await server.stop(true);
    },
  };
}
